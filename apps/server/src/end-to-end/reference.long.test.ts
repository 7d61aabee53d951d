import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isAvailable, sharedFile } from "@strategy-executor/core/testing";
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
        for (const run of crossoverReference().runs.filter(({ execution }) => execution !== "next_open")) {
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
            expect(ours!.entry_price).toBe(trade.entry_price);
            expect(ours!.quantity / trade.qty).toBeCloseTo(1, 12);
            expect(ours!.return ?? 0).toBeCloseTo(trade.ret ?? 0, 9);
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
