import type { SweepReport } from "@strategy-executor/client";
import { isScreen, paint, print, screenWidth, type Terminal } from "./terminal.ts";

type HeatMap = NonNullable<SweepReport["heat_map"]>;

const blocks = ["░", "▒", "▓", "█"] as const;

/** Draws the objective over two parameters as blocks, on a terminal only. Fuller blocks are better. */
export function printHeatMap(
  terminal: Terminal,
  { x, y, x_values, y_values, values }: HeatMap,
  objective: string,
): void {
  const numbers = values.flat().filter((value) => value !== null);
  if (!isScreen(terminal) || numbers.length === 0) return;
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const labels = y_values.map(String);
  const labelWidth = Math.max(...labels.map((label) => label.length));
  // A block is half as wide as it is high.
  const wide = labelWidth + 1 + 2 * x_values.length <= (screenWidth(terminal) ?? 80) ? 2 : 1;
  print(terminal, `${objective} by ${x} across (${x_values[0]} to ${x_values.at(-1)}) and ${y} down`);
  values.forEach((row, index) => {
    const cells = row.map((value) => (value === null ? " " : blockOf(terminal, value, low, high)).repeat(1));
    print(terminal, `${labels[index]!.padStart(labelWidth)} ${cells.map((cell) => cell.repeat(wide)).join("")}`);
  });
  print(terminal, `${" ".repeat(labelWidth)} ${blocks[0]} ${low.toFixed(3)} to ${blocks[3]} ${high.toFixed(3)}`);
}

function blockOf(terminal: Terminal, value: number, low: number, high: number): string {
  if (value === high) return paint(terminal, "green", blocks[3]);
  const level = high === low ? 3 : Math.min(3, Math.floor(((value - low) / (high - low)) * 4));
  return blocks[level]!;
}
