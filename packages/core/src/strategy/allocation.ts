/** Target weights by ticker: each above 0, their sum at most 1. The rest is held in cash. */
export type Weights = Readonly<Record<string, number>>;

/** Scores closer than this count as equal, because their last digits are rounding noise. */
const scoreNoise = 1e-12;

/** The `count` tickers with the highest scores, best first. Equal scores keep the order of the list. */
export function topBy(tickers: readonly string[], count: number, score: (ticker: string) => number): string[] {
  const scores = tickers.map((ticker) => score(ticker));
  const isChosen = new Uint8Array(tickers.length);
  const chosen: string[] = [];
  while (chosen.length < count && chosen.length < tickers.length) {
    let best = -1;
    for (let index = 0; index < scores.length; index += 1) {
      if (isChosen[index] === 1) continue;
      if (best === -1 || scores[index]! > scores[best]! + scoreNoise) best = index;
    }
    isChosen[best] = 1;
    chosen.push(tickers[best]!);
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
  // Each is written once: an object whose whole numbers become fractions changes its layout.
  const weights: Record<string, number> = {};
  for (const [ticker, count] of shares) weights[ticker] = count / tickers.length;
  return weights;
}
