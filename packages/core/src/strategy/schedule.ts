/**
 * When a strategy decides: at every close (`daily`), or at the last close of each week, month, quarter or year that has ended.
 * `once` decides a single time. `quarter-end`, `year-end` and `once` decide first at the first month-end at which they can, so
 * that the account need not wait for the end of a year.
 */
export const schedules = ["daily", "week-end", "month-end", "quarter-end", "year-end", "once"] as const;
export type Schedule = (typeof schedules)[number];
