import { type Content, element, type Element } from "../element/element.ts";
import { formatsOf, type Formats } from "../texts/formats.ts";
import { textsOf } from "../texts/texts-of.ts";
import type { Language, Part, Texts } from "../texts/texts.ts";

/** The context of all sections. */
export interface Page {
  readonly texts: Texts;
  readonly formats: Formats;
}

/** A cell of a table: a text, or a number aligned right. */
export type Cell =
  | string
  | {
      readonly text: string;
      /** Smaller, below the text. */
      readonly note?: string | undefined;
      readonly tone?: "gain" | "loss" | undefined;
      readonly kind: "number" | "day";
    };

/** Shown for an undefined figure. */
export const undefinedMark = "–";

export function pageOf(language: Language): Page {
  return { texts: textsOf(language), formats: formatsOf(language) };
}

export function section(part: Part, heading: string, ...children: (Content | readonly Content[] | null)[]): Element {
  return element("section", { id: part }, element("h2", {}, heading), ...children);
}

export function paragraph(text: string): Element {
  return element("p", { class: "note" }, text);
}

/** A figure below its heading. Narrow screens scroll it sideways. */
export function figure(caption: string, content: Element): Element {
  return element(
    "figure",
    {},
    caption === "" ? null : element("figcaption", {}, caption),
    element("div", { class: "scroll" }, content),
  );
}

/** A table. The first cell of each row is its heading. */
export function table(heads: readonly Cell[], rows: readonly (readonly Cell[])[]): Element {
  const head = (cell: Cell) => element("th", { scope: "col", class: classOf(cell) }, contentOf(cell));
  const body = (cells: readonly Cell[]) =>
    element(
      "tr",
      {},
      cells.map((cell, index) =>
        index === 0
          ? element("th", { scope: "row", class: classOf(cell) }, contentOf(cell))
          : element("td", { class: classOf(cell) }, contentOf(cell)),
      ),
    );
  return element(
    "div",
    { class: "scroll" },
    element(
      "table",
      heads.length > 3 ? { class: "wide" } : {},
      element("thead", {}, element("tr", {}, heads.map(head))),
      element("tbody", {}, rows.map(body)),
    ),
  );
}

/** A formatted number, or the mark of an undefined one. */
export function numberCell(value: number | null, format: (value: number) => string): Cell {
  return { text: value === null ? undefinedMark : format(value), kind: "number" };
}

/** A return, coloured as a gain or a loss. */
export function returnCell(value: number | null, { percent }: Formats): Cell {
  const tone = value === null || value === 0 ? undefined : value > 0 ? "gain" : "loss";
  return { text: value === null ? undefinedMark : percent(value), tone, kind: "number" };
}

export function dayCell(day: string): Cell {
  return { text: day, kind: "day" };
}

export function numberHead(text: string): Cell {
  return { text, kind: "number" };
}

/** The text, cut to the length that a report has room for. */
export function cut(text: string, max: number): string {
  const letters = Array.from(text.slice(0, 2 * max + 2));
  return letters.length > max ? `${letters.slice(0, max - 1).join("")}…` : text;
}

function contentOf(cell: Cell): Content[] {
  if (typeof cell === "string") return [cell];
  return cell.note === undefined ? [cell.text] : [cell.text, element("small", {}, cell.note)];
}

function classOf(cell: Cell): string | undefined {
  if (typeof cell === "string") return undefined;
  const base = cell.kind === "number" ? "n" : "day";
  return cell.tone === undefined ? base : `${base} ${cell.tone}`;
}
