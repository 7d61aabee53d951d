/** When a decision is traded: at the close it was made on, or at the open or the close of the next trading day. */
export const fillRules = ["same_close", "next_close", "next_open"] as const;
export type FillRule = (typeof fillRules)[number];
