import { createServer } from "node:http";
import { createExecutionReceiver, toNodeHandler } from "@strategy-executor/client/callbacks";

const receive = createExecutionReceiver({
  // A secret of yours, as `whsec_...`. With null anybody can send callbacks.
  secrets: null,
  handled: new Set<string>(),
  handle({ payload }) {
    const outcome = payload.status === "completed" ? `worth ${payload.result.final_value}` : payload.error_message;
    console.log(`execution ${payload.execution_id} ${payload.status}: ${outcome}`);
  },
});
createServer(toNodeHandler(receive)).listen(8888, () => console.log("listening"));
