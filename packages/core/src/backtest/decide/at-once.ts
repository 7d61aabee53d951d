/** @throws TypeError for a promise: a backtest asks a strategy thousands of times, and waits for none of the answers */
export function ensureAtOnce(answer: unknown, name: string): void {
  if (!(answer instanceof Promise)) return;
  // Its own failure would be reported as an error outside of any execution.
  answer.catch(() => undefined);
  throw new TypeError(`${name} answers with a promise: it has to answer at once, without async and await`);
}
