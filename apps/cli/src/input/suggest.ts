/**
 * The end of a message that suggests a name: ` (Did you mean sharpe?)`, or nothing when no name is close. A name is
 * close when at most 40 % of its letters would have to change.
 */
export function didYouMean(given: string, known: readonly string[]): string {
  const [best] = known
    .map((name) => ({ name, steps: distance(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, steps }) => steps <= Math.max(given.length, name.length) * 0.4)
    .toSorted((a, b) => a.steps - b.steps);
  return best === undefined ? "" : ` (Did you mean ${best.name}?)`;
}

/** The Damerau-Levenshtein distance: letters inserted, deleted, changed or swapped with their neighbour. */
function distance(from: string, to: string): number {
  let [beforeLast, last] = [[] as number[], Array.from({ length: to.length + 1 }, (_, index) => index)];
  for (let row = 1; row <= from.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      let steps = Math.min(last[column]! + 1, next[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) steps = Math.min(steps, beforeLast[column - 2]! + 1);
      next.push(steps);
    }
    [beforeLast, last] = [last, next];
  }
  return last[to.length]!;
}
