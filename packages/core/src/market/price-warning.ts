/** Kinds of warnings about prices. They change nothing. */
export const priceWarningKinds = [
  "unadjusted",
  "blank_days",
  "jump",
  "same_close",
  "hole",
  "adjustment",
  "ends_early",
] as const;
export type PriceWarningKind = (typeof priceWarningKinds)[number];

/** A warning as it is stored, where its kind is a text. */
interface StoredWarning {
  readonly kind: string;
  readonly day: string;
  readonly message: string;
}

/** A stored warning. Only imports write warnings, and they know no other kinds. */
export function toPriceWarning({ kind, day, message }: StoredWarning) {
  return { kind: kind as PriceWarningKind, day, message };
}
