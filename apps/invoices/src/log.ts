/** Takes one line for whoever watches the process. */
export type Log = (line: string) => void;
