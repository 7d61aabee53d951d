import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "./random.ts";

/** What arrived for one execution. */
interface Arrivals {
  count: number;
  readonly webhookIds: Set<string>;
  /** Hashes of the bodies: sent again it must be the same. */
  readonly bodies: Set<string>;
  readonly statuses: Set<string>;
}

export interface CountingReceiver extends AsyncDisposable {
  readonly url: string;
  /** By execution. */
  readonly arrivals: ReadonlyMap<number, Arrivals>;
  /** Refuses connections from now on, and breaks off those that are open. */
  down(): Promise<void>;
  up(): Promise<void>;
}

const slowestAnswerMs = 100;

/** A receiver that counts, takes a moment for its answers, and can be away. */
export async function startCountingReceiver(random: Random): Promise<CountingReceiver> {
  const arrivals = new Map<number, Arrivals>();
  const listen = async (port: number): Promise<Server> => {
    const server = createServer(async (req, res) => {
      try {
        const text = Buffer.concat(await Array.fromAsync(req)).toString("utf8");
        const { execution_id: id, status } = JSON.parse(text) as { execution_id: number; status: string };
        const own = arrivals.get(id) ?? { count: 0, webhookIds: new Set(), bodies: new Set(), statuses: new Set() };
        arrivals.set(id, own);
        own.count += 1;
        own.webhookIds.add(String(req.headers["webhook-id"]));
        own.bodies.add(createHash("sha256").update(text).digest("base64"));
        own.statuses.add(status);
        await sleep(random.between(0, slowestAnswerMs));
        res.end("ok");
      } catch {
        // Its sender was killed in the middle of it: that is no arrival.
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
