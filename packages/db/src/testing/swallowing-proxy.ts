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
  /** Swallows the next connection that a client sends this text on, from the server's answer on. Resolves when the answer has come. */
  swallowAnswer(text: string): Promise<void>;
  /** As `swallowAnswer`, but the server cannot send the answer, because nobody reads it. */
  jamAnswer(text: string): Promise<void>;
  /** Resolves when the server next sends something. */
  nextAnswer(): Promise<void>;
  /** Swallows new connections too, until `restore`. Swallowed connections stay dead. */
  swallowAll(): void;
  /** Closes the open connections. */
  cut(): void;
  /** Closes the open connections, and new ones at once until `restore`, as when the server behind a proxy is away. */
  refuse(): void;
  /** How many connections clients have made. */
  readonly accepted: number;
  /** Delays everything, each way, until `restore`. */
  delay(ms: number): void;
  /** Ends all of that, also what waits for a text. */
  restore(): void;
  /** Whether the server's session with this client port came through the proxy. */
  carries(clientPort: number): boolean;
}

export async function startSwallowingProxy(databaseUrl: string): Promise<SwallowingProxy> {
  const target = new URL(databaseUrl);
  const pairs = new Set<Pair>();
  let swallowsNew = false;
  let refuses = false;
  let accepted = 0;
  let delayMs = 0;
  let lastDelayMs = 0;
  /** How many writes to a socket are delayed at the moment. */
  const delayed = new WeakMap<Socket, number>();
  let awaited: Awaited | null = null;

  let answered: (() => void) | null = null;

  const server = createServer((client) => {
    accepted += 1;
    if (refuses)
      return void client
        .on("error", () => undefined)
        .resume()
        .end();
    const upstream = connect(Number(target.port || 5432), target.hostname);
    const pair: Pair = { client, upstream, swallowed: swallowsNew, onAnswer: null };
    pairs.add(pair);
    client.on("data", (bytes) => {
      if (awaited !== null && bytes.includes(awaited.text)) {
        const { resolve, from } = awaited;
        awaited = null;
        const swallow = () => {
          pair.swallowed = true;
          if (from === "jammed answer") upstream.pause();
          resolve();
        };
        if (from === "text") swallow();
        else pair.onAnswer = swallow;
      }
      pass(pair, upstream, bytes);
    });
    upstream.on("data", (bytes) => {
      pair.onAnswer?.();
      pass(pair, client, bytes);
      answered?.();
    });
    // The end of a connection is a packet as well.
    client.on("close", () => end(pair, upstream));
    upstream.on("close", () => end(pair, client));
    for (const socket of [client, upstream]) socket.on("error", () => undefined);
  });
  const pass = (pair: Pair, to: Socket, bytes: Buffer): void => {
    if (pair.swallowed) return;
    const before = delayed.get(to) ?? 0;
    // After `restore` nothing overtakes what is still delayed. Timers of one length fire in order.
    if (delayMs === 0 && before === 0) return void to.write(bytes);
    delayed.set(to, before + 1);
    setTimeout(() => {
      delayed.set(to, delayed.get(to)! - 1);
      if (!pair.swallowed) to.write(bytes);
    }, lastDelayMs);
  };
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
    swallowNext: (text) => new Promise((resolve) => (awaited = { text, from: "text", resolve })),
    swallowAnswer: (text) => new Promise((resolve) => (awaited = { text, from: "answer", resolve })),
    jamAnswer: (text) => new Promise((resolve) => (awaited = { text, from: "jammed answer", resolve })),
    nextAnswer: () => new Promise((resolve) => (answered = resolve)),
    swallowAll() {
      swallowsNew = true;
      swallowOpen();
    },
    cut() {
      for (const { client } of pairs) client.destroy();
    },
    refuse() {
      refuses = true;
      for (const { client } of pairs) client.end();
    },
    delay: (ms) => (delayMs = lastDelayMs = ms),
    restore() {
      swallowsNew = false;
      refuses = false;
      delayMs = 0;
      awaited = null;
    },
    get accepted() {
      return accepted;
    },
    carries: (clientPort) => [...pairs].some(({ upstream }) => upstream.localPort === clientPort),
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
  /** Called when the server sends something. */
  onAnswer: (() => void) | null;
}

interface Awaited {
  readonly text: string;
  /** From where on to swallow. */
  readonly from: "text" | "answer" | "jammed answer";
  readonly resolve: () => void;
}
