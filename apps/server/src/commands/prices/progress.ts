import { SingleBar } from "cli-progress";
import type { Terminal } from "../operator/terminal.ts";

/** Says how far the work is. */
export type Advance = (by: number) => void;

export interface Progress {
  readonly what: string;
  readonly total: number;
  /** What the total counts: `bytes`. */
  readonly unit: string;
}

/** Does the work under a bar on a terminal, or with a line every two seconds elsewhere. */
export async function withProgress<T>(
  progress: Progress,
  stream: Terminal["errors"],
  work: (advance: Advance) => Promise<T>,
): Promise<T> {
  const bar = new SingleBar({
    format: `${progress.what}${stream.isTTY === true ? " {bar}" : ""} {percentage} % of {total} ${progress.unit}`,
    stream,
    clearOnComplete: true,
    noTTYOutput: true,
    notTTYSchedule: 2000,
    // The library's handling of Ctrl-C ends the bar and not the program. Without it the terminal is left as it is.
    gracefulExit: false,
    linewrap: true,
  });
  bar.start(progress.total, 0);
  try {
    return await work((by) => bar.increment(by));
  } finally {
    bar.stop();
  }
}
