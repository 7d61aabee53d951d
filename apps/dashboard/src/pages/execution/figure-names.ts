import type { FigureName } from "@strategy-executor/report";
import { useTexts } from "../../texts/texts.ts";

/** The names of the figures of a report. */
export function useFigureNames(): Readonly<Record<FigureName, string>> {
  const { figures } = useTexts().report;
  return Object.fromEntries(Object.entries(figures).map(([name, text]) => [name, text.name])) as Record<
    FigureName,
    string
  >;
}
