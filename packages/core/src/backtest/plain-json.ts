/** Deeper values are left to JSON itself, which also finds circles. */
const maxDepth = 32;

/**
 * Whether `JSON.parse(JSON.stringify(value))` would give an equal value: nothing but texts, finite numbers, booleans, null, and
 * arrays and plain objects of these. To ask takes a fraction of the time that the conversion takes.
 */
export function isPlainJson(value: unknown, depth = 0): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0);
    case "object":
      return (
        value === null ||
        (depth < maxDepth && (Array.isArray(value) ? isPlainArray(value, depth) : isPlainObject(value, depth)))
      );
    default:
      return false;
  }
}

function isPlainArray(values: readonly unknown[], depth: number): boolean {
  if (Object.getPrototypeOf(values) !== Array.prototype) return false;
  // Holes are undefined, and JSON makes null of them.
  for (let index = 0; index < values.length; index += 1) if (!isPlainJson(values[index], depth + 1)) return false;
  return true;
}

function isPlainObject(value: object, depth: number): boolean {
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const key of Object.keys(value)) {
    // Spreading and parsing treat this name differently.
    if (key === "__proto__" || !isPlainJson((value as Record<string, unknown>)[key], depth + 1)) return false;
  }
  return true;
}
