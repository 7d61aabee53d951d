import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { builtInStrategies, type Result, runStrategy } from "@strategy-executor/core";
import { isAvailable, marketOf, sharedFile, spyPrices } from "@strategy-executor/core/testing";
import { describeDatabases } from "@strategy-executor/db/testing";
import { describe, expect, it } from "vitest";
import { runCommand } from "../testing/command.ts";
import { executeOverRest, readOverRest } from "../testing/rest-client.ts";
import { startTestServer } from "../testing/test-server.ts";

describe.runIf(isAvailable(sharedFile("data/etf-daily.csv")))(
  "on real prices, imported by the command and executed over REST",
  () => {
    describeDatabases("results", (create) => {
      it("gives the published allocation's decisions, month by month", async () => {
        await using test = await create();
        await using server = await startTestServer(test.options);
        const imported = await runCommand("prices", test.options, ["import", dataFile("etf-daily.csv")]);
        const where = test.kind === "pglite" ? "the server at http" : "PostgreSQL at ";
        expect(imported).toMatchObject({
          code: 0,
          out: expect.stringContaining(`227488 rows of 41 tickers in ${where}`),
        });
        expect(imported.out).toContain("SPY 8433 rows 1993-01-29 to 2026-07-31 (new)\n");
        for (const [variant, { selections }] of Object.entries(allocationReference().strategies)) {
          const id = await executeOverRest(server, "BoldAssetAllocation", { variant, use_real_data: true });
          const { weights } = await readOverRest<{ weights: Decision[] }>(server, `/executions/${id}/series/`);
          expect(selections.length).toBeGreaterThan(40);
          selections.forEach((selection, month) => {
            const decision = weights[month];
            expect(decision).toMatchObject({ date: selection.date, mode: selection.mode });
            expectClose(decision?.weights, selection.weights, 1e-9);
            expectClose(decision?.canary, selection.canary, 1e-9);
          });
        }
      }, 120_000);

      it("gives the crossover's trades and final values", async () => {
        await using test = await create();
        await using server = await startTestServer(test.options);
        const file = dataFile("spy-ohlcv-daily.csv");
        const imported = await runCommand("prices", test.options, ["import", file, "--ticker", "SPY"]);
        expect(imported).toMatchObject({
          code: 0,
          out: expect.stringContaining("SPY 8222 rows 1993-01-29 to 2025-09-26"),
        });
        for (const run of crossoverReference().runs) {
          const id = await executeOverRest(server, "MovingAverageCrossover", {
            short_window: run.fast,
            long_window: run.slow,
            fill: run.execution,
            use_real_data: true,
          });
          const { result } = await readOverRest<{ result: CrossoverResult }>(server, `/executions/${id}/`);
          expect(result.final_value / run.final).toBeCloseTo(1, 12);
          expect(result.return).toBeCloseTo(run.total_return, 9);
          expect(result.trades).toHaveLength(run.trades.length);
          run.trades.forEach((trade, index) => {
            const ours = result.trades[index];
            expect(ours).toMatchObject({ signal: trade.signal, entry: trade.entry, exit: trade.exit ?? null });
            expect(ours!.entry_price / trade.entry_price).toBeCloseTo(1, 14);
            expect(ours!.quantity / trade.qty).toBeCloseTo(1, 12);
            expect(ours!.return ?? 0).toBeCloseTo(trade.ret ?? 0, 9);
          });
        }
        const donchianBreakout = builtInStrategies.find(({ name }) => name === "DonchianBreakout")!;
        // Channels of highs and lows run on the stored bars as on those in memory.
        for (const variant of ["S1", "S2"]) {
          const parameters = { variant, bars: "high_low", use_real_data: true };
          const id = await executeOverRest(server, "DonchianBreakout", parameters);
          const { result } = await readOverRest<{ result: Result }>(server, `/executions/${id}/`);
          const inMemory = await runStrategy(donchianBreakout, parameters, marketOf(spyPrices()));
          expect(result.trades!.length).toBeGreaterThan(20);
          expect(result.trades).toEqual(inMemory.result.trades);
          expect(result.data.sha256).toBe(inMemory.result.data.sha256);
        }
      }, 120_000);

      it("gives the decisions of strategies that look at unemployment", async () => {
        await using test = await create();
        await using server = await startTestServer(test.options);
        const execute = async (name: string) => {
          const parameters = { use_real_data: true, end_date: "2011-12-30", fill: "same_close" };
          const id = await executeOverRest(server, name, parameters);
          return readOverRest<{ weights: Decision[] }>(server, `/executions/${id}/series/`);
        };
        for (const file of ["etf-daily.csv", "etf-extra-daily.csv"]) {
          expect(await runCommand("prices", test.options, ["import", dataFile(file)])).toMatchObject({ code: 0 });
        }
        const file = dataFile("unrate-monthly.csv");
        const imported = await runCommand("prices", test.options, ["import", file, "--series", "UNRATE"]);
        expect(imported.out).toMatch(/^UNRATE \d+ rows 2000-01-01 to 20\d\d-\d\d-01 \(new\), 1 without a value\n$/);
        const listed = await readOverRest(server, "/data-series/");
        expect(listed).toMatchObject({ data_series: [{ name: "UNRATE", source: "unrate-monthly.csv" }] });
        const { strategies } = reference<{ strategies: Record<string, Record<string, { decisions: Decision[] }>> }>(
          "strategy-library-samples.json",
        );
        for (const name of ["LethargicAssetAllocation", "ResilientAssetAllocation", "GrowthTrendTiming"]) {
          const { weights } = await execute(name);
          const { decisions } = strategies[name]!["default"]!;
          expect(decisions.length).toBeGreaterThan(20);
          decisions.forEach((expected, month) => {
            expect(weights[month]!.date).toBe(expected.date);
            expectClose(weights[month]!.weights, expected.weights, 1e-9);
          });
        }
      }, 120_000);
    });
  },
);

interface Decision {
  readonly date: string;
  readonly weights: Record<string, number>;
  readonly canary: Record<string, number>;
}

interface CrossoverResult {
  readonly final_value: number;
  readonly return: number;
  readonly trades: readonly {
    readonly signal: string;
    readonly entry_price: number;
    readonly quantity: number;
    readonly return: number | null;
  }[];
}

function allocationReference() {
  return reference<{ strategies: Record<string, { selections: (Decision & { mode: string })[] }> }>(
    "baa-selections-2008-2011.json",
  );
}

function crossoverReference() {
  return reference<{
    runs: {
      fast: number;
      slow: number;
      execution: string;
      final: number;
      total_return: number;
      trades: { signal: string; entry: string; exit?: string; entry_price: number; qty: number; ret?: number }[];
    }[];
  }>("ma-crossover-20-50.json");
}

function reference<T>(name: string): T {
  return JSON.parse(readFileSync(sharedFile(`reference/${name}`), "utf8")) as T;
}

function dataFile(name: string): string {
  return fileURLToPath(sharedFile(`data/${name}`));
}

function expectClose(ours: Record<string, number> = {}, theirs: Record<string, number>, tolerance: number): void {
  expect(Object.keys(ours).toSorted()).toEqual(Object.keys(theirs).toSorted());
  for (const key of Object.keys(theirs)) expect(Math.abs(ours[key]! - theirs[key]!)).toBeLessThan(tolerance);
}
