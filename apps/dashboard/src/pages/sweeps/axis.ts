type Value = number | string | boolean;

/** An axis as the API takes it: a list or a range. */
export type Axis = Value[] | { from: number; to: number; step: number };

/** An axis as it is typed. */
export interface TypedAxis {
  readonly name: string;
  readonly values: string;
}

/** Axes in an address: `short_window=5..50:5;long_window=60,80`. A semicolon among the values becomes a comma. */
export function toAxesText(axes: readonly TypedAxis[]): string {
  return axes.map(({ name, values }) => `${name}=${values.replaceAll(";", ",")}`).join(";") || "=";
}

/** Parses what `toAxesText` writes. */
export function toAxes(text: string): readonly TypedAxis[] {
  return text.split(";").map((axis) => {
    const [name = "", ...values] = axis.split("=");
    return { name, values: values.join("=") };
  });
}

/** Parses `5..100:5` as a range and `A, B, C` as a list; null for an empty text. */
export function toAxis(text: string): Axis | null {
  const range = /^\s*(-?[\d.]+)\s*\.\.\s*(-?[\d.]+)\s*(?::\s*([\d.]+))?\s*$/.exec(text);
  if (range !== null) return { from: Number(range[1]), to: Number(range[2]), step: Number(range[3] ?? 1) };
  const values = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  return values.length === 0 ? null : values.map(toValue);
}

/** The number of values of an axis. */
export function lengthOf(axis: Axis): number {
  if (Array.isArray(axis)) return axis.length;
  // Adding many steps leaves rounding errors in the last bits.
  return axis.step > 0 && axis.to >= axis.from ? Math.floor((axis.to - axis.from) / axis.step + 1e-9) + 1 : 0;
}

function toValue(text: string): Value {
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d+(\.\d+)?$/.test(text) && !/^-?0\d/.test(text) ? Number(text) : text;
}
