import { ConnectionError, createClient, ExecutionFailedError, isRefused } from "@strategy-executor/client";

const client = createClient({ url: "http://localhost:8000" });

try {
  await client.executeAndWait("MovingAverageCrossover", { short_window: 50, long_window: 20 });
} catch (error) {
  if (!(error instanceof ExecutionFailedError)) throw error;
  console.log(`execution ${error.execution.execution_id} ${error.execution.status}: ${error.message}`);
}

try {
  await client.execute("Unheard");
} catch (error) {
  if (error instanceof ConnectionError) console.log(error.message);
  else if (isRefused(error)) console.log(`${error.data.code}: ${error.message}`);
  else throw error;
}
