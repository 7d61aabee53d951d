/**
 * Cuts a text to at most `max` UTF-16 units once `escape` has been applied, on a whole character, and marks the cut with `…`.
 * Returns the escaped text.
 */
export function shorten(text: string, max: number, escape: (text: string) => string = (same) => same): string {
  const whole = escape(text.toWellFormed());
  if (whole.length <= max) return whole;
  let cut = "";
  for (const { segment } of graphemes.segment(text.toWellFormed())) {
    const next = cut + escape(segment);
    if (next.length > max - 1) break;
    cut = next;
  }
  return `${cut}…`;
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
