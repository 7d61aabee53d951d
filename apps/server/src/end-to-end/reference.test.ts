import { frozenAllocations, frozenCrossovers } from "@strategy-executor/core/testing";
import { describeDatabases } from "@strategy-executor/db/testing";
import { expect, it } from "vitest";
import { executeOverRest, readOverRest } from "../testing/rest-client.ts";
import { startTestServer } from "../testing/test-server.ts";

interface Status {
  readonly result: { readonly final_value: number; readonly trades?: readonly { readonly signal: string }[] };
}

interface Series {
  readonly weights: readonly { readonly date: string; readonly weights: Readonly<Record<string, number>> }[];
}

describeDatabases("the frozen results of the synthetic market, over REST", (create) => {
  it("are those of every variant and of the crossover", async () => {
    await using test = await create();
    await using server = await startTestServer(test.options);
    for (const [variant, { runs, selections }] of frozenAllocations()) {
      const [{ fill, cost_bps, final_value } = expect.fail()] = runs;
      const id = await executeOverRest(server, "BoldAssetAllocation", { variant, fill, cost_bps });
      const { result } = await readOverRest<Status>(server, `/executions/${id}/`);
      expect(result.final_value / final_value).toBeCloseTo(1, 9);
      const { weights } = await readOverRest<Series>(server, `/executions/${id}/series/`);
      for (const selection of selections) {
        const decision = weights.find(({ date }) => date === selection.date);
        expect(Object.keys(decision?.weights ?? {}).toSorted()).toEqual(Object.keys(selection.weights).toSorted());
      }
    }
    for (const frozen of frozenCrossovers()) {
      const { short_window, long_window, fill, cost_bps } = frozen;
      const parameters = { short_window, long_window, fill, cost_bps };
      const id = await executeOverRest(server, "MovingAverageCrossover", parameters);
      const { result } = await readOverRest<Status>(server, `/executions/${id}/`);
      expect(result.final_value / frozen.final_value).toBeCloseTo(1, 9);
      expect(result.trades).toHaveLength(frozen.trades);
      expect(result.trades!.at(-1)).toMatchObject({ signal: frozen.last_signal });
    }
  });
});
