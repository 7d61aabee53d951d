/** @throws TypeError for a promise: a backtest calls a strategy thousands of times and never awaits */
export function ensureAtOnce(answer: unknown, name: string): void {
  if (!(answer instanceof Promise)) return;
  // An unhandled rejection would be reported outside of any execution.
  answer.catch(() => undefined);
  throw new TypeError(`${name} answers with a promise: it has to answer at once, without async and await`);
}
