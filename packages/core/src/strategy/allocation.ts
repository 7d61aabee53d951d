/** Target weights by ticker: each above 0, their sum at most 1. The rest is held in cash. */
export type Weights = Readonly<Record<string, number>>;

/** Scores closer than this count as equal, because their last digits are rounding noise. */
const scoreNoise = 1e-12;

/** The `count` tickers with the highest scores, best first. Equal scores keep the order of the list. */
export function topBy(tickers: readonly string[], count: number, score: (ticker: string) => number): string[] {
  const scores = tickers.map((ticker) => score(ticker));
  const isChosen = scores.map(() => false);
  const chosen: string[] = [];
  while (chosen.length < count && chosen.length < tickers.length) {
    let best = -1;
    for (let index = 0; index < scores.length; index += 1) {
      if (isChosen[index]) continue;
      if (best === -1 || scores[index]! > scores[best]! + scoreNoise) best = index;
    }
    isChosen[best] = true;
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
  const weights: Record<string, number> = {};
  for (const ticker of tickers) {
    if (!Object.hasOwn(weights, ticker)) weights[ticker] = shares(tickers, ticker) / tickers.length;
  }
  return weights;
}

function shares(tickers: readonly string[], of: string): number {
  let count = 0;
  for (const ticker of tickers) if (ticker === of) count += 1;
  return count;
}
