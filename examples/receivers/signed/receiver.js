import { createServer } from "node:http";
import { Webhook, WebhookVerificationError } from "standardwebhooks";

const { WEBHOOK_SECRET, HOST = "127.0.0.1", PORT = "8888" } = process.env;
if (!WEBHOOK_SECRET?.startsWith("whsec_")) {
  console.error("Set WEBHOOK_SECRET to the secret that callbacks are signed with, whsec_ and what follows.");
  process.exit(1);
}
const webhook = new Webhook(WEBHOOK_SECRET);

/** The result of a crossover lists all its trades. */
const MAX_BYTES = 10_000_000;

createServer(async (req, res) => {
  const [status, answer] = await receive(req);
  res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
}).listen(Number(PORT), HOST, () => {
  console.log(`Waiting for signed callbacks at http://${HOST}:${PORT}/webhook/strategy-result`);
});

async function receive(req) {
  if (req.url !== "/webhook/strategy-result") return [404, { error: "There is nothing here" }];
  if (req.method !== "POST") return [405, { error: "Callbacks come by POST" }];
  const body = await read(req);
  if (body === null) return [413, { error: "The body is too long" }];
  try {
    // The signature covers the raw bytes, not the output of a JSON parser.
    print(webhook.verify(body, req.headers));
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) return [400, { error: "The body is not a callback" }];
    console.log(`Refused: ${error.message}`);
    return [401, { error: "Not signed by the sender" }];
  }
  return [200, { status: "received" }];
}

/** Returns the bytes, or null when there are too many. */
async function read(req) {
  const chunks = [];
  let length = 0;
  for await (const chunk of req) {
    length += chunk.length;
    if (length <= MAX_BYTES) chunks.push(chunk);
  }
  return length <= MAX_BYTES ? Buffer.concat(chunks) : null;
}

function print({ execution_id, strategy, status, result, error_message }) {
  const execution = `Execution ${execution_id} of ${strategy}`;
  if (status === "completed") console.log(`${execution} completed: return ${(result.return * 100).toFixed(2)}%`);
  else console.log(`${execution} ${status}: ${error_message}`);
}
