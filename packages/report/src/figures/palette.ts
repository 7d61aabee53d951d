/**
 * Colours of figures without a style sheet, in mails and files. A page or report sets its own by the classes of the same
 * names. Gains are green and losses red, except in Korean, where markets show gains red and losses blue.
 */
export const colours = {
  account: "#2457c5",
  benchmark: "#7a828e",
  grid: "#dfe3e8",
  axis: "#59616c",
  text: "#1f2430",
  surface: "#ffffff",
} as const;

/** Colours of assets, heaviest first. Neighbours differ in lightness as well as in hue. */
export const assetColours: readonly string[] = [
  "#2457c5",
  "#f2a541",
  "#1f8a70",
  "#c8553d",
  "#7b61c9",
  "#8cc0e8",
  "#6b7f3a",
  "#e58fb1",
  "#3d4f66",
  "#c9b037",
  "#4fb3a5",
  "#9c3d6b",
  "#a7c957",
  "#5f6bd4",
  "#d98e73",
];

export const otherColour = "#aab1bb";

/** The colours of gains and losses. */
export function gainAndLoss(language: "en" | "ko"): { readonly gain: string; readonly loss: string } {
  return language === "ko" ? { gain: "#c9302c", loss: "#1f5fbf" } : { gain: "#1b7f3b", loss: "#c62f2f" };
}
