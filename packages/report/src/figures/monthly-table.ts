import { type Content, type Element, element } from "../element/element.ts";
import type { Formats } from "../texts/formats.ts";
import { figureOf } from "./axes.ts";
import { colours, gainAndLoss } from "./palette.ts";

export interface MonthlyTable {
  readonly caption: string;
  readonly rows: readonly {
    readonly year: number;
    readonly months: readonly (number | null)[];
    readonly total: number | null;
  }[];
  /** Heading of the column with yearly returns. */
  readonly total: string;
  readonly formats: Formats;
}

const [yearWidth, cellWidth, totalWidth, rowHeight] = [48, 53, 68, 22];
const width = yearWidth + 12 * cellWidth + totalWidth;

/** Months and years with at least these returns have full colour. */
const [fullMonth, fullYear] = [0.08, 0.32];

/** Returns by year and month in percent. Larger gains and losses have stronger colours. */
export function monthlyTable({ caption, rows, total, formats }: MonthlyTable): Element {
  const { gain, loss } = gainAndLoss(formats.language);
  const cells = rows.flatMap(({ months, total: ofYear }, row) => [
    ...months.map((value, month) => ({ value, row, right: yearWidth + (month + 1) * cellWidth, full: fullMonth })),
    { value: ofYear, row, right: width, full: fullYear },
  ]);
  const present = cells.flatMap(({ value, ...place }) => (value === null ? [] : { value, ...place }));
  const boxes = present.flatMap(({ value, row, right, full }) => {
    const opacity = Math.round(Math.min(Math.abs(value) / full, 1) * 60) / 100;
    const size = right === width ? totalWidth : cellWidth;
    return opacity === 0
      ? []
      : element("rect", {
          class: value > 0 ? "gain" : "loss",
          x: right - size + 1,
          y: rowHeight * (row + 1) + 1,
          width: size - 2,
          height: rowHeight - 2,
          fill: value > 0 ? gain : loss,
          "fill-opacity": opacity,
        });
  });
  return figureOf(
    { width, height: rowHeight * (rows.length + 1) + 4 },
    caption,
    boxes,
    element(
      "g",
      { class: "label", fill: colours.axis, "text-anchor": "end" },
      formats.monthNames.map((name, month) => text(name, yearWidth + (month + 1) * cellWidth - 8, -1)),
      text(total, width - 8, -1),
    ),
    element(
      "g",
      { class: "number", fill: colours.text, "text-anchor": "end" },
      rows.map(({ year }, row) => text(String(year), 32, row)),
      present.map(({ value, row, right }) => text(formats.bare(value), right - 8, row)),
    ),
  );
}

function text(content: string, x: number, row: number): Content {
  return element("text", { x, y: rowHeight * (row + 1) + 15 }, content);
}
