import { SingleBar } from "cli-progress";
import type { Terminal } from "./terminal.ts";

export interface ProgressBar extends Disposable {
  /** Shows how far the work is. @param fraction from 0 to 1 */
  update(fraction: number, phase: string): void;
}

/** A progress bar on a terminal, removed when the work is done. Nothing on a pipe. */
export function startProgressBar({ errors }: Pick<Terminal, "errors">, what: string): ProgressBar {
  if (errors.isTTY !== true) return { update() {}, [Symbol.dispose]() {} };
  const bar = new SingleBar({
    format: `${what} {bar} {percentage} % {phase}`,
    stream: errors,
    clearOnComplete: true,
    // The library would handle Ctrl-C and keep the program running.
    gracefulExit: false,
    linewrap: true,
  });
  bar.start(100, 0, { phase: "" });
  return {
    update: (fraction, phase) => bar.update(Math.round(fraction * 100), { phase }),
    [Symbol.dispose]: () => bar.stop(),
  };
}
