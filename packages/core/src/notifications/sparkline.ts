const blocks = "▁▂▃▄▅▆▇█";

/** Draws values as block characters, the lowest as `▁` and the highest as `█`; equal values are all `▄`. */
export function sparkline(values: readonly number[]): string {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const steps = blocks.length - 1;
  return values
    .map((value) => blocks[high > low ? Math.round(((value - low) / (high - low)) * steps) : 3] ?? "")
    .join("");
}
