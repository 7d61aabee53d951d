/** Target weights by ticker: each above 0, their sum at most 1. The rest is held in cash. */
export type Weights = Readonly<Record<string, number>>;

/** Scores closer than this count as equal, because their last digits are rounding noise. */
const scoreNoise = 1e-12;

/** The `count` tickers with the highest scores, best first. Equal scores keep the order of the list. */
export function topBy(tickers: readonly string[], count: number, score: (ticker: string) => number): string[] {
  const left = tickers.map((ticker) => ({ ticker, score: score(ticker) }));
  const chosen: string[] = [];
  while (chosen.length < count && left.length > 0) {
    const best = left.reduce((leader, next) => (next.score > leader.score + scoreNoise ? next : leader));
    chosen.push(best.ticker);
    left.splice(left.indexOf(best), 1);
  }
  return chosen;
}

/** Replaces each ticker that scores below `substitute` with it, so `substitute` may appear several times. */
export function replaceWeaker(
  tickers: readonly string[],
  substitute: string,
  score: (ticker: string) => number,
): string[] {
  const floor = score(substitute);
  return tickers.map((ticker) => (score(ticker) < floor - scoreNoise ? substitute : ticker));
}

/** Gives every entry of the list the same weight. A ticker that appears several times gets that many shares. */
export function equalWeights(tickers: readonly string[]): Weights {
  const shares = new Map<string, number>();
  for (const ticker of tickers) shares.set(ticker, (shares.get(ticker) ?? 0) + 1);
  return Object.fromEntries([...shares].map(([ticker, count]) => [ticker, count / tickers.length]));
}
