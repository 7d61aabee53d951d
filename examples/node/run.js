// Runs a strategy and shows it live; Ctrl-C stops the waiting, not the execution.
import { ConnectionError, createClient, ExecutionFailedError, isRefused } from "@strategy-executor/client";

const [url = "http://localhost:8000", strategy = "BoldAssetAllocation", parameters = "{}"] = process.argv.slice(2);
const client = createClient({ url, apiKey: process.env.STRATEGY_EXECUTOR_API_KEY });
const stop = new AbortController();
process.once("SIGINT", () => stop.abort());

try {
  const result = await client.executeAndWait(strategy, JSON.parse(parameters), {
    label: "examples/node",
    signal: stop.signal,
    onUpdate(update) {
      if (update.kind === "event") console.log(`execution ${update.event.execution_id} ${update.event.status}`);
    },
  });
  console.log(`worth ${result.final_value.toFixed(2)}, return ${(result.return * 100).toFixed(2)} %`);
} catch (error) {
  if (stop.signal.aborted) console.error("No longer waiting.");
  else if (error instanceof ExecutionFailedError || error instanceof ConnectionError) console.error(error.message);
  else if (isRefused(error)) console.error(`${error.data.code}: ${error.message}`);
  else throw error;
  process.exitCode = 1;
}
