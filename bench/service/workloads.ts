import { fileURLToPath } from "node:url";

/** The bench's own strategies, for servers to load. */
export const strategiesDir = fileURLToPath(new URL("../strategies", import.meta.url));

/**
 * What the service benches submit: real executions over the 20 years of the synthetic market, and one that costs next to
 * nothing, so that what is measured is the engine.
 */
export type Workload = "crossover" | "crossover_keyed" | "baa" | "no_op";

/** The body of a submission. Real ones differ in their parameters for every number, up to some millions. */
export function bodyOf(workload: Workload, number: number, callbackUrl: string): string {
  const { strategy_name, parameters } = requestOf(workload, number);
  // As the client, the command line and the dashboard send them.
  const key = workload === "crossover_keyed" ? { idempotency_key: `bench-${number}` } : {};
  return JSON.stringify({ strategy_name, parameters, callback_url: callbackUrl, ...key });
}

function requestOf(workload: Workload, number: number): { strategy_name: string; parameters: object } {
  const [remainder, hundreds] = [number % 100, Math.floor(number / 100)];
  switch (workload) {
    case "crossover":
    case "crossover_keyed": {
      const windows = { short_window: 5 + remainder, long_window: 105 + (hundreds % 200) };
      return {
        strategy_name: "MovingAverageCrossover",
        parameters: { ...windows, cost_bps: Math.floor(hundreds / 200) },
      };
    }
    case "baa": {
      const parameters = { variant: "BAA-G12", cost_bps: remainder / 10, initial_capital: 100_000 + hundreds };
      return { strategy_name: "BoldAssetAllocation", parameters };
    }
    case "no_op":
      return { strategy_name: "Fixed", parameters: { start_date: "2024-12-02", end_date: "2024-12-31" } };
  }
}
