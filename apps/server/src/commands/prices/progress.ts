import { SingleBar } from "cli-progress";
import type { Terminal } from "../operator/terminal.ts";

/** Reports the progress of the work. */
export type Advance = (by: number) => void;

export interface Progress {
  readonly what: string;
  readonly total: number;
  /** The unit of the total: `bytes`. */
  readonly unit: string;
}

/** Does the work with a progress bar on a terminal, or with a line every two seconds elsewhere. */
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
    // The library's handler of Ctrl-C ends the bar but not the program. Without the handler the terminal stays intact.
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
