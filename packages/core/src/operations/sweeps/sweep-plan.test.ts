import { expect, it } from "vitest";
import { boldAssetAllocation, movingAverageCrossover, rsiReversion } from "../../strategies/index.ts";
import type { Strategy } from "../../strategy/strategy.ts";
import { SweepSpec } from "../../sweep/index.ts";
import { planOf } from "./sweep-plan.ts";

const costs = { from: 0, to: 199 };
const variants = ["BAA-G12", "BAA-G4", "BAA-G12/T3", "BAA-G4/T2", "BAA-SPY"];
const days = ["2005-01-03", "2006-01-03"];

it.each([
  ["new costs of known decisions: eighths", { axes: { cost_bps: costs, variant: variants } }, 128, 8],
  ["... whatever else the account has", { axes: { cost_bps: costs, start_date: days } }, 56, 8],
  ["... few, at least 32 together", { axes: { cost_bps: { from: 0, to: 99 } } }, 32, 4],
  ["... many, at most 256 together", { axes: { cost_bps: { from: 0, to: 9_999 } } }, 256, 40],
  ["... of a sample", { axes: { cost_bps: costs, variant: variants }, sample: { seed: 1, count: 500 } }, 64, 8],
  ["new prices", { axes: { seed: { from: 1, to: 400 } } }, 32, 13],
  ["more sets of decisions than are remembered", { axes: { cost_bps: costs, seed: { from: 1, to: 17 } } }, 32, 107],
])("divides %s", (_, grid, chunkSize, chunks) => {
  expect(planOf(boldAssetAllocation as Strategy, specOf(grid))).toMatchObject({ chunkSize, chunks });
});

it("keeps chunks small where decisions are not remembered: daily ones, and those of a user's strategy", () => {
  const grid = { axes: { cost_bps: costs } };
  expect(planOf(rsiReversion as Strategy, specOf(grid))).toMatchObject({ chunkSize: 32 });
  expect(planOf({ ...boldAssetAllocation } as Strategy, specOf(grid))).toMatchObject({ chunkSize: 32 });
});

it("puts thousands of crossovers together, and an eighth as many combinations of a walk-forward", () => {
  const grid = { axes: { short_window: { from: 5, to: 129 }, long_window: { from: 130, to: 319 } } };
  const walk_forward = { train: 1_000, test: 250 };
  const plan = (spec: SweepSpec) => planOf(movingAverageCrossover as Strategy, spec);
  expect(plan(specOf(grid))).toEqual({ combinations: 23_750, chunkSize: 2_048, chunks: 12 });
  expect(plan(specOf(grid, { walk_forward }))).toEqual({ combinations: 23_750, chunkSize: 256, chunks: 93 });
});

function specOf(grid: unknown, more: object = {}): SweepSpec {
  return SweepSpec.parse({ parameters: {}, grid, objective: "sharpe", best: 10, ...more });
}
