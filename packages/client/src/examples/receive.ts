import { createServer } from "node:http";
import { CallbackRejectedError, receiveExecution } from "@strategy-executor/client/callbacks";

const receiver = createServer(async (request, response) => {
  try {
    const { payload } = await receiveExecution(request);
    const outcome = payload.status === "completed" ? `worth ${payload.result.final_value}` : payload.error_message;
    console.log(`execution ${payload.execution_id} ${payload.status}: ${outcome}`);
    response.writeHead(200).end();
  } catch (error) {
    response.writeHead(error instanceof CallbackRejectedError ? error.status : 500).end();
  }
});
receiver.listen(8888, () => console.log("listening"));
