import { plot } from "asciichart";
import { amount } from "./numbers.ts";
import { isScreen, print, screenWidth, type Terminal } from "./terminal.ts";

const height = 12;
const axisWidth = 18;
const maxColumns = 120;

/** Draws a curve over days, on a terminal only. */
export function printCurve(
  terminal: Terminal,
  { dates, values }: { readonly dates: readonly string[]; readonly values: readonly number[] },
): void {
  const width = screenWidth(terminal) ?? 80;
  if (!isScreen(terminal) || values.length < 2 || width < axisWidth + 20) return;
  const columns = Math.min(width - axisWidth, maxColumns);
  const format = (value: number) => amount(value).padStart(axisWidth - 4);
  print(terminal, plot(thin(values, columns), { height, format }));
  const [first, last] = [dates[0]!, dates.at(-1)!];
  const drawn = Math.min(columns, values.length);
  print(
    terminal,
    `${" ".repeat(axisWidth - 2)}${first}${last.padStart(Math.max(drawn - first.length, last.length + 1))}`,
  );
}

/** Picks `count` values at even distances, with the first and the last. */
function thin(values: readonly number[], columns: number): number[] {
  if (values.length <= columns) return [...values];
  return Array.from({ length: columns }, (_, column) => {
    const index = Math.round((column * (values.length - 1)) / (columns - 1));
    return values[index]!;
  });
}
