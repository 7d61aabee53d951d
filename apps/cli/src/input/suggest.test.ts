import { expect, it } from "vitest";
import { didYouMean } from "./suggest.ts";

it.each([
  ["BoldAsetAllocation", " (Did you mean BoldAssetAllocation?)"],
  ["boldassetallocation", " (Did you mean BoldAssetAllocation?)"],
  ["MovingAverageCrosover", " (Did you mean MovingAverageCrossover?)"],
  ["Nothing", ""],
  ["", ""],
])("for %s it says%s", (given, expected) => {
  expect(didYouMean(given, ["BoldAssetAllocation", "MovingAverageCrossover"])).toBe(expected);
});

it("counts two neighbours that changed places as one mistake", () => {
  expect(didYouMean("shwo", ["show", "shoo"])).toBe(" (Did you mean show?)");
});
