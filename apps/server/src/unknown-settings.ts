/** An environment variable that looks like a setting but is not one. */
export interface UnknownSetting {
  readonly name: string;
  /** The setting that was probably meant; null when none is similar. */
  readonly meant: string | null;
}

/**
 * Finds variables that are misspelt settings, or start as only settings do. Others belong to other programs.
 * @param known the names of all settings
 */
export function unknownSettings(
  environment: Readonly<Record<string, string | undefined>>,
  known: readonly string[],
): UnknownSetting[] {
  return Object.keys(environment).flatMap((name) => {
    if (known.includes(name) || isOfOthers(name)) return [];
    const meant = closest(name, known);
    return meant !== null || ownPrefix.test(name) ? [{ name, meant }] : [];
  });
}

/** First words that few other programs use. */
const ownPrefix = /^(?:CALLBACK|COMPUTE|EXECUTION|PRICES|SECRETS|STRATEGIES|STRATEGY|STREAMS)_/;

/** Variables of the command line, of npm, and those that Kubernetes sets for a service of this name. */
function isOfOthers(name: string): boolean {
  return /^(?:STRATEGY_EXECUTOR_|npm_|NODE$)/.test(name);
}

/** Short names resemble too many others, so only their case may differ. */
function closest(name: string, known: readonly string[]): string | null {
  const plain = plainName(name);
  const close = known.find((setting) => {
    const wanted = plainName(setting);
    return plain === wanted || (wanted.length > 5 && isOneStepFrom(plain, wanted));
  });
  return close ?? null;
}

function plainName(name: string): string {
  return name.toUpperCase().replaceAll(/[-_.]/g, "");
}

/** Whether one letter is missing, added or changed, or two neighbours are swapped. */
function isOneStepFrom(given: string, wanted: string): boolean {
  let start = 0;
  while (start < given.length && given[start] === wanted[start]) start += 1;
  let end = 0;
  const shorter = Math.min(given.length, wanted.length) - start;
  while (end < shorter && given.at(-1 - end) === wanted.at(-1 - end)) end += 1;
  const [left, right] = [given.slice(start, given.length - end), wanted.slice(start, wanted.length - end)];
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}
