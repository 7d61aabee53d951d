/** Writes one log line. */
export type Log = (line: string) => void;
