import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A TCP proxy that can cut its connections. */
export interface TcpProxy extends AsyncDisposable {
  readonly url: string;
  /** Destroys every connection. Returns how many there were. */
  cut(): number;
  /** The target of new connections; null refuses them. */
  leadTo(target: string | null): void;
}

export async function startTcpProxy(target: string): Promise<TcpProxy> {
  let port: number | null = portOf(target);
  const lines = new Set<Socket>();
  const server = createServer((client) => {
    if (port === null) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(port, "127.0.0.1");
    lines.add(client);
    const end = () => {
      lines.delete(client);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) socket.on("close", end).on("error", end);
    client.pipe(upstream).pipe(client);
  });
  const cut = () => {
    const count = lines.size;
    for (const client of lines) client.resetAndDestroy();
    return count;
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    leadTo(next) {
      port = next === null ? null : portOf(next);
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      cut();
      await closed;
    },
  };
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
