import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A proxy before PostgreSQL that can lose packets without a sign, as a firewall that forgot a connection does. */
export interface SwallowingProxy extends AsyncDisposable {
  /** The URL of the database by way of the proxy. */
  readonly url: string;
  /** Swallows what the open connections carry from now on, both ways. New connections pass. */
  swallowOpen(): void;
  /** Swallows the next connection that a client sends this text on, from that text on. Resolves when it has come. */
  swallowNext(text: string): Promise<void>;
  /** Resolves when the server next sends something. */
  nextAnswer(): Promise<void>;
  /** Swallows new connections too, until `restore`. Swallowed connections stay dead. */
  swallowAll(): void;
  restore(): void;
}

export async function startSwallowingProxy(databaseUrl: string): Promise<SwallowingProxy> {
  const target = new URL(databaseUrl);
  const pairs = new Set<Pair>();
  let swallowsNew = false;
  let awaited: { readonly text: string; readonly resolve: () => void } | null = null;

  let answered: (() => void) | null = null;

  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    const pair: Pair = { client, upstream, swallowed: swallowsNew };
    pairs.add(pair);
    client.on("data", (bytes) => {
      if (awaited !== null && bytes.includes(awaited.text)) {
        pair.swallowed = true;
        awaited.resolve();
        awaited = null;
      }
      if (!pair.swallowed) upstream.write(bytes);
    });
    upstream.on("data", (bytes) => {
      if (!pair.swallowed) client.write(bytes);
      answered?.();
    });
    // The end of a connection is a packet as well.
    client.on("close", () => end(pair, upstream));
    upstream.on("close", () => end(pair, client));
    for (const socket of [client, upstream]) socket.on("error", () => undefined);
  });
  const end = (pair: Pair, other: Socket): void => {
    if (pair.swallowed) return;
    pairs.delete(pair);
    other.destroy();
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);
  const swallowOpen = () => {
    for (const pair of pairs) pair.swallowed = true;
  };
  return {
    url: url.href,
    swallowOpen,
    swallowNext: (text) => new Promise((resolve) => (awaited = { text, resolve })),
    nextAnswer: () => new Promise((resolve) => (answered = resolve)),
    swallowAll() {
      swallowsNew = true;
      swallowOpen();
    },
    restore: () => (swallowsNew = false),
    async [Symbol.asyncDispose]() {
      server.close();
      for (const { client, upstream } of pairs) {
        client.destroy();
        upstream.destroy();
      }
      await once(server, "close");
    },
  };
}

interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
  swallowed: boolean;
}
