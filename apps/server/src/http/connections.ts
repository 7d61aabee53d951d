import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

export interface Connections {
  /** Destroys every open connection, those taken over by an upgrade included. */
  destroyAll(): void;
}

/**
 * Tracks every connection of a server and limits how many one address may hold. `server.closeAllConnections` misses upgraded sockets, which
 * would keep the process alive.
 */
export function trackConnections(server: Server, maxPerAddress: number): Connections {
  const sockets = new Set<Socket>();
  const perAddress = new Map<string, number>();
  server.on("connection", (socket) => {
    const address = socket.remoteAddress ?? "";
    const count = perAddress.get(address) ?? 0;
    if (count >= maxPerAddress) return void socket.destroy();
    perAddress.set(address, count + 1);
    sockets.add(socket);
    socket.once("close", () => {
      sockets.delete(socket);
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left === 0) perAddress.delete(address);
      else perAddress.set(address, left);
    });
  });
  return { destroyAll: () => sockets.forEach((socket) => socket.destroy()) };
}

/** How long a refused client may take to read the answer and close its side. */
const farewellMs = 1_000;

/**
 * Sends a final response. The socket is destroyed a moment later: at once could reset it before the client has read the response, and never
 * would let a client hold it open.
 */
export function sayAndClose(socket: Duplex, answer: string): void {
  const timer = setTimeout(() => socket.destroy(), farewellMs);
  socket.on("error", () => socket.destroy());
  socket.once("close", () => clearTimeout(timer));
  socket.resume();
  socket.end(answer);
}
