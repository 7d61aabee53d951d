import { createServer } from "node:http";
import { json } from "node:stream/consumers";

const { SLACK_WEBHOOK_URL, HOST = "127.0.0.1", PORT = "8888" } = process.env;
if (!SLACK_WEBHOOK_URL) {
  console.error("Set SLACK_WEBHOOK_URL to the address of an incoming webhook of your Slack workspace.");
  process.exit(1);
}

createServer(async (req, res) => {
  const [status, answer] = await receive(req);
  res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
}).listen(Number(PORT), HOST, () => {
  console.log(`Waiting for callbacks at http://${HOST}:${PORT}/webhook/strategy-result`);
});

async function receive(req) {
  if (req.url !== "/webhook/strategy-result") return [404, { error: "There is nothing here" }];
  if (req.method !== "POST") return [405, { error: "Callbacks come by POST" }];
  let text;
  try {
    text = messageOf(await json(req));
  } catch {
    return [400, { error: "The body is not a callback" }];
  }
  // Responds after Slack did, so that the delivery record shows whether the message was posted.
  const problem = await forward(text);
  console.log(problem === null ? `Forwarded: ${text}` : `Not forwarded, ${problem}: ${text}`);
  return problem === null ? [200, { status: "received" }] : [502, { error: problem }];
}

/** Returns the error, or null. Five seconds leave room within the sender's ten. */
async function forward(text) {
  try {
    const response = await fetch(SLACK_WEBHOOK_URL, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text }),
      signal: AbortSignal.timeout(5000),
    });
    return response.ok ? null : `Slack answered ${response.status} ${await response.text()}`;
  } catch (error) {
    return `Slack did not answer: ${error.cause?.code ?? error.message}`;
  }
}

function messageOf({ execution_id, strategy, status, result, error_message }) {
  const execution = `Execution ${execution_id} of ${escape(strategy)}`;
  if (status === "completed") {
    return `:white_check_mark: ${execution} completed: return ${(result.return * 100).toFixed(2)}%`;
  }
  const sign = status === "cancelled" ? ":no_entry_sign:" : ":x:";
  return `${sign} ${execution} ${status}: ${escape(error_message)}`;
}

/** Slack treats these three characters as markup, mentions of everybody included. */
function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
