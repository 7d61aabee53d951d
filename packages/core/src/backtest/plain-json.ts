/** Deeper values are left to JSON itself, which also detects cycles. */
const maxDepth = 32;

/**
 * Whether `JSON.parse(JSON.stringify(value))` would return an equal value: only texts, finite numbers, booleans, null, and arrays and plain
 * objects of these. This check is much faster than the conversion.
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
  // Array holes are undefined, which JSON turns into null.
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
