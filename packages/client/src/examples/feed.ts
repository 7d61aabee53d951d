import { createClient } from "@strategy-executor/client";

const client = createClient({ url: "http://localhost:8000" });

for await (const update of client.executions.watchAll({ strategy: "BoldAssetAllocation", status: "completed" })) {
  if (update.kind === "start") {
    console.log(`following from ${update.cursor}`);
  } else {
    const { result } = await client.executions.get(update.event.execution_id);
    console.log(`execution ${update.event.execution_id} returned ${result?.return}`);
    break;
  }
}
