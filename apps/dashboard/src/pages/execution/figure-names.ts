import type { FigureName } from "@strategy-executor/report";
import { textsOf } from "@strategy-executor/report/texts";

/** What the figures of a report are called. */
export function figureNames(language: "en" | "ko"): Readonly<Record<FigureName, string>> {
  const { figures } = textsOf(language);
  return Object.fromEntries(Object.entries(figures).map(([name, text]) => [name, text.name])) as Record<
    FigureName,
    string
  >;
}
