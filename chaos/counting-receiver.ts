import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "./random.ts";

/** The callbacks of one execution. */
interface Arrivals {
  count: number;
  readonly webhookIds: Set<string>;
  /** Hashes of the bodies: a repeated callback must have the same body. */
  readonly bodies: Set<string>;
  readonly statuses: Set<string>;
}

export interface CountingReceiver extends AsyncDisposable {
  readonly url: string;
  /** By execution. */
  readonly arrivals: ReadonlyMap<number, Arrivals>;
  /** Refuses new connections and closes open ones. */
  down(): Promise<void>;
  up(): Promise<void>;
}

const maxAnswerMs = 100;

/** A receiver that counts callbacks, answers with a short delay and can be taken down. */
export async function startCountingReceiver(random: Random): Promise<CountingReceiver> {
  const arrivals = new Map<number, Arrivals>();
  const listen = async (port: number): Promise<Server> => {
    const server = createServer(async (req, res) => {
      try {
        const text = Buffer.concat(await Array.fromAsync(req)).toString("utf8");
        const { execution_id: id, status } = JSON.parse(text) as { execution_id: number; status: string };
        const entry = arrivals.get(id) ?? { count: 0, webhookIds: new Set(), bodies: new Set(), statuses: new Set() };
        arrivals.set(id, entry);
        entry.count += 1;
        entry.webhookIds.add(String(req.headers["webhook-id"]));
        entry.bodies.add(createHash("sha256").update(text).digest("base64"));
        entry.statuses.add(status);
        await sleep(random.between(0, maxAnswerMs));
        res.end("ok");
      } catch {
        // The sender was killed in the middle of the request, which therefore does not count.
        res.destroy();
      }
    });
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return server;
  };
  let server = await listen(0);
  const { port } = server.address() as AddressInfo;
  const down = async () => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return {
    url: `http://127.0.0.1:${port}/callback`,
    arrivals,
    down,
    async up() {
      server = await listen(port);
    },
    [Symbol.asyncDispose]: down,
  };
}
