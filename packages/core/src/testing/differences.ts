/**
 * Where two JSON values differ, as paths with both values: numbers by more than 1e-9 of themselves (below 1: absolute), all
 * else at all. With `extra` fields that are not wanted are fine.
 */
export function differences(actual: unknown, wanted: unknown, { extra = false } = {}, path = "$"): string[] {
  if (typeof wanted === "number" && typeof actual === "number") {
    const error = Math.abs(actual - wanted) / Math.max(1, Math.abs(wanted));
    return error < 1e-9 ? [] : [`${path}: ${actual} instead of ${wanted}`];
  }
  if (!isObject(wanted) || !isObject(actual)) {
    return actual === wanted ? [] : [`${path}: ${JSON.stringify(actual)} instead of ${JSON.stringify(wanted)}`];
  }
  const keys = Object.keys(wanted);
  const surplus =
    extra && !Array.isArray(wanted) ? [] : Object.keys(actual).filter((key) => !Object.hasOwn(wanted, key));
  return [
    ...surplus.map((key) => `${path}.${key} is not wanted`),
    ...keys.flatMap((key) => differences(actual[key], wanted[key], { extra }, `${path}.${key}`)),
  ];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
