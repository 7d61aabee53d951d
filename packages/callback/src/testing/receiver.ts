import { once } from "node:events";
import { createServer, type RequestListener, type Server as HttpServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";

/** A server on a free port of `host`, closed with all its connections when disposed. */
export interface Receiver extends AsyncDisposable {
  readonly port: number;
  /** The number of accepted connections. */
  readonly connections: number;
}

/** A receiver that speaks HTTP. */
export function receiver(listener: RequestListener, host = "127.0.0.1"): Promise<Receiver> {
  return listen(createServer(listener), host);
}

/** A receiver that hands over each raw connection once its first bytes have arrived. */
export function rawReceiver(onRequest: (socket: Socket) => void, host = "127.0.0.1"): Promise<Receiver> {
  return listen(
    createTcpServer((socket) => {
      socket.on("error", () => socket.destroy());
      socket.once("data", () => onRequest(socket));
    }),
    host,
  );
}

/** Starts any server as a receiver. */
export async function listen(server: Server | HttpServer, host: string): Promise<Receiver> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A port of 127.0.0.1 without a listener. */
export async function closedPort(): Promise<number> {
  await using closing = await rawReceiver(() => {});
  return closing.port;
}
