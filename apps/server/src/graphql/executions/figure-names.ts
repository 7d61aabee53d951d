import type { TypeDescriptions, TypeNames } from "../mapping/output-of.ts";

/** Names of the types within the figures of a curve. `path`: that of the figures. */
export function figureNames(path: string): TypeNames {
  return {
    [path]: "Figures",
    [`${path}.best_day`]: "DayReturn",
    [`${path}.worst_day`]: "DayReturn",
    [`${path}.best_month`]: "MonthReturn",
    [`${path}.worst_month`]: "MonthReturn",
    [`${path}.best_year`]: "YearReturn",
    [`${path}.worst_year`]: "YearReturn",
  };
}

/** Descriptions of the types within figures. */
export const figureDescriptions: TypeDescriptions = {
  DayReturn: "The return of a day.",
  MonthReturn: "The return of a month.",
  YearReturn: "The return of a calendar year.",
  MonthlyReturns: "The returns of the months of a year.",
};
