/** A figure as it has been of late, with a new value taken in. */
export function smoothed(before: number | null | undefined, now: number): number {
  return before === null || before === undefined ? now : before + (now - before) / 16;
}
