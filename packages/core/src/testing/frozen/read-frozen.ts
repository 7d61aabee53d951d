import { readFileSync } from "node:fs";

export interface FrozenAllocation {
  readonly runs: readonly {
    readonly fill: string;
    readonly cost_bps: number;
    readonly first_day: string;
    readonly last_day: string;
    readonly trading_days: number;
    readonly final_value: number;
    readonly max_drawdown: number;
  }[];
  /** Every twelfth decision. */
  readonly selections: readonly { readonly date: string; readonly weights: Readonly<Record<string, number>> }[];
}

export interface FrozenCrossover {
  readonly short_window: number;
  readonly long_window: number;
  readonly fill: string;
  readonly cost_bps: number;
  readonly final_value: number;
  readonly max_drawdown: number;
  readonly trades: number;
  readonly first_signals: readonly string[];
  readonly first_exits: readonly string[];
  readonly last_signal: string;
}

/** Results of BoldAssetAllocation on the synthetic market by variant, frozen as numbers. */
export function frozenAllocations(): [variant: string, FrozenAllocation][] {
  return Object.entries(read<{ variants: Record<string, FrozenAllocation> }>("bold-asset-allocation.json").variants);
}

/** Results of MovingAverageCrossover with SPY on the synthetic market, frozen as numbers. */
export function frozenCrossovers(): readonly FrozenCrossover[] {
  return read<{ runs: FrozenCrossover[] }>("moving-average-crossover.json").runs;
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8")) as T;
}
