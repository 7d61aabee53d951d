type Value = number | string | boolean;

/** An axis as the service takes it: a list, or a range. */
export type Axis = Value[] | { from: number; to: number; step: number };

/** `5..100:5` is a range, `A, B, C` a list; null for nothing. */
export function toAxis(text: string): Axis | null {
  const range = /^\s*(-?[\d.]+)\s*\.\.\s*(-?[\d.]+)\s*(?::\s*([\d.]+))?\s*$/.exec(text);
  if (range !== null) return { from: Number(range[1]), to: Number(range[2]), step: Number(range[3] ?? 1) };
  const values = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  return values.length === 0 ? null : values.map(toValue);
}

/** How many values an axis has. */
export function lengthOf(axis: Axis): number {
  if (Array.isArray(axis)) return axis.length;
  // Of the sum of many steps the last bits are rounding.
  return axis.step > 0 && axis.to >= axis.from ? Math.floor((axis.to - axis.from) / axis.step + 1e-9) + 1 : 0;
}

function toValue(text: string): Value {
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d+(\.\d+)?$/.test(text) && !/^-?0\d/.test(text) ? Number(text) : text;
}
