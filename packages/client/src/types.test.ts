import type { Execution, ExecutionResult, ExecutionUpdate, Result } from "@strategy-executor/core";
import { builtInStrategies } from "@strategy-executor/core";
import { describe, expect, expectTypeOf, it } from "vitest";
import { type Client, createClient, type FeedUpdate, type KnownStrategies, type ParametersOf } from "./index.ts";

const client: Client = createClient({ url: "http://localhost" });

/** Checked by the compiler, never called. */
const compiled = (_code: () => unknown) => undefined;

describe("types", () => {
  it("know the built-in strategies", () => {
    const known = {
      BoldAssetAllocation: true,
      HybridAssetAllocation: true,
      VigilantAssetAllocation: true,
      DefensiveAssetAllocation: true,
      ProtectiveAssetAllocation: true,
      GeneralizedProtectiveMomentum: true,
      FlexibleAssetAllocation: true,
      ElasticAssetAllocation: true,
      LethargicAssetAllocation: true,
      ResilientAssetAllocation: true,
      GrowthTrendTiming: true,
      GlobalEquitiesMomentum: true,
      AcceleratingDualMomentum: true,
      CompositeDualMomentum: true,
      TimeSeriesMomentum: true,
      GlobalTacticalAssetAllocation: true,
      AdaptiveAssetAllocation: true,
      KipnisDefensiveAdaptive: true,
      StaticAllocation: true,
      RiskParity: true,
      TargetVolatility: true,
      MovingAverageCrossover: true,
      MovingAverageTrend: true,
      MacdTrend: true,
      RsiReversion: true,
      BollingerReversion: true,
      DonchianBreakout: true,
    } satisfies Record<keyof KnownStrategies, true>;
    expect(Object.keys(known)).toEqual(builtInStrategies.map(({ name }) => name));
  });

  it("reject wrong parameters of a known strategy", () => {
    compiled(() => [
      client.execute("BoldAssetAllocation"),
      client.execute("BoldAssetAllocation", { variant: "BAA-G4", initial_capital: 1_000, fill: "next_close" }),
      client.executeAndWait("MovingAverageCrossover", { short_window: 20, symbol: "SPY", start_date: "2010-01-01" }),
      // @ts-expect-error no such variant
      client.execute("BoldAssetAllocation", { variant: "BAA-G5" }),
      // @ts-expect-error a parameter of another strategy
      client.execute("BoldAssetAllocation", { short_window: 20 }),
      // @ts-expect-error not a number
      client.executeAndWait("MovingAverageCrossover", { short_window: "20" }),
      // @ts-expect-error misspelt
      client.executeAndWait("MovingAverageCrossover", { longwindow: 50 }),
      // @ts-expect-error not a way to fill
      client.executeAndWait("MovingAverageCrossover", { fill: "open" }),
      // @ts-expect-error no object
      client.execute("Slow", 1),
      // @ts-expect-error camelCase
      client.execute("Slow", {}, { callbackUrl: "http://localhost" }),
    ]);
    expectTypeOf<ParametersOf<"BoldAssetAllocation">>().toEqualTypeOf<{
      readonly variant?: "BAA-G12" | "BAA-G4" | "BAA-G12/T3" | "BAA-G4/T2" | "BAA-SPY" | undefined;
      readonly initial_capital?: number | undefined;
      readonly use_real_data?: boolean | undefined;
      readonly start_date?: string | undefined;
      readonly end_date?: string | undefined;
      readonly prices_until?: string | undefined;
      readonly fill?: "same_close" | "next_close" | "next_open" | undefined;
      readonly cost_bps?: number | undefined;
      readonly seed?: number | undefined;
      readonly benchmark?: string | undefined;
      readonly risk_free?: number | undefined;
    }>();
  });

  it("accept anything for an unknown strategy", () => {
    expectTypeOf<ParametersOf<"Slow">>().toEqualTypeOf<Readonly<Record<string, unknown>>>();
    expectTypeOf(client.executeAndWait<"Slow">).returns.resolves.toEqualTypeOf<ExecutionResult>();
  });

  it("describe the result of a known strategy", () => {
    compiled(async () => {
      const allocation = await client.executeAndWait("BoldAssetAllocation");
      expectTypeOf(allocation).toExtend<Result>();
      expectTypeOf(allocation.variant).toEqualTypeOf<string>();
      expectTypeOf(allocation.portfolio.offensive_assets).toExtend<readonly string[]>();
      expectTypeOf(allocation.metrics.sharpe).toEqualTypeOf<number | null>();
      const crossover = await client.executeAndWait("MovingAverageCrossover", { symbol: "QQQ" });
      expectTypeOf(crossover.position.state).toEqualTypeOf<"long" | "cash">();
      expectTypeOf(crossover.trades[0]!.entry_price).toEqualTypeOf<number>();
    });
  });

  it("are those of the operations", () => {
    expectTypeOf(client.executions.get).returns.resolves.toEqualTypeOf<Execution>();
    expectTypeOf(client.executions.watch(1)).toExtend<AsyncIterable<ExecutionUpdate>>();
    expectTypeOf(client.executions.watchAll()).toExtend<AsyncIterable<FeedUpdate>>();
    expectTypeOf(client.procedures.getExecution.query).returns.resolves.toExtend<Execution>();
    expectTypeOf(client.procedures.importPrices.mutate).parameter(0).toExtend<{ csv: string }>();
    compiled(() => [
      // @ts-expect-error no such kind
      client.executions.list({ kind: "done" }),
      // @ts-expect-error a stream cannot be sent as JSON
      client.prices.import({ csv: new ReadableStream<Uint8Array>() }),
      // @ts-expect-error missing
      client.procedures.getExecution.query({}),
      // @ts-expect-error a query
      client.procedures.getExecution.mutate({ execution_id: 1 }),
    ]);
  });
});
