import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

export interface SlackServer extends AsyncDisposable {
  /** The address of a valid incoming webhook. */
  readonly webhookUrl: string;
  /** The posted messages, oldest first. */
  readonly messages: readonly string[];
}

/** Responds like Slack's incoming webhooks. */
export async function startSlackServer(): Promise<SlackServer> {
  const messages: string[] = [];
  const server = createServer(async (req, res) => {
    if (req.url !== "/services/T0/B0/token") return res.writeHead(404).end("no_service");
    const { text } = (await json(req)) as { text?: string };
    if (text === undefined) return res.writeHead(400).end("no_text");
    messages.push(text);
    return res.writeHead(200).end("ok");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    webhookUrl: `http://127.0.0.1:${port}/services/T0/B0/token`,
    messages,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
