/**
 * How many of `slots` equal parts go to the cash asset when `bad` assets have no momentum and `breadth` of them make it all
 * cash: min(T, floor(b T / B)), the "easy trading" of Keller and Keuning, Breadth Momentum and Vigilant Asset Allocation, 2017.
 */
export function cashSlots(bad: number, breadth: number, slots: number): number {
  return Math.min(slots, Math.floor((bad * slots) / breadth));
}

/** The mode of a portfolio by its defensive share: `offensive` at 0, `defensive` at 1, `mixed` in between. */
export function modeOf(defensive: number): "offensive" | "mixed" | "defensive" {
  if (defensive === 0) return "offensive";
  return defensive === 1 ? "defensive" : "mixed";
}
