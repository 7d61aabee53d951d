import { connect, type Socket } from "node:net";
import type { Calls } from "./postgres-client.ts";

/** Closes the connections of a pool on which the server has fallen silent; when disposed, all that are left. */
export interface SilenceWatch extends Disposable {
  /** The `socket` option of postgres.js: opens a connection that is watched. */
  readonly socket: (target: Target) => Socket;
  /** Closes all connections; the pool opens new ones. */
  closeAll(reason: string): void;
}

interface Target {
  readonly host: readonly string[];
  readonly port: readonly number[];
  /** A Unix socket. */
  readonly path?: string | false;
}

/**
 * The last line against lost packets: no reset arrives, and TCP itself gives up after a quarter of an hour. A call that takes
 * longer than `deadlineMs` shows that a connection may be dead. For each such call one connection is closed on which nothing
 * has arrived for as long, which rejects its calls. The server's own time limit must be shorter: a server that works answers
 * before. What was written to a connection that is closed may have been committed.
 *
 * The bytes of the sockets are watched rather than the protocol, so that this holds with TLS as well. If a request and an
 * answer pass between two looks, their order is unknown: an idle connection may then be closed first, which does no harm.
 */
export function watchSilence(calls: Calls, deadlineMs: number): SilenceWatch {
  const connections = new Map<Socket, Traffic>();

  const check = (): void => {
    const now = performance.now();
    for (const [socket, traffic] of connections) {
      // Not every socket tells of its end: postgres.js removes the listeners of those that it wraps in TLS.
      if (socket.destroyed) connections.delete(socket);
      else note(socket, traffic, now);
    }
    const overdue = [...calls].filter(({ since }) => now - since > deadlineMs).length;
    const quiet = [...connections].filter(([, { quietSince }]) => now - quietSince > deadlineMs);
    for (const [socket] of quiet.toSorted(longestSilent).slice(0, overdue))
      close(socket, `No answer from the database within ${deadlineMs / 1000} s`);
  };

  const timer = setInterval(check, deadlineMs / 10);
  timer.unref();
  return {
    socket({ host, port, path }) {
      const [name = "localhost"] = host;
      const socket = path ? connect(path) : connect({ host: name, port: port[0] ?? 5432 });
      // postgres.js takes the name for TLS and for its messages from here.
      Object.assign(socket, { host: name, port: port[0] });
      // Without an error postgres.js would connect again at once, and for ever: as when a proxy has lost the server behind it.
      socket.once("end", () => close(socket, "The database closed the connection", "ECONNRESET"));
      connections.set(socket, { read: 0, written: 0, asked: false, quietSince: performance.now() });
      return socket;
    },
    closeAll(reason) {
      for (const socket of connections.keys()) close(socket, reason);
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      for (const socket of connections.keys()) close(socket, "The database is closed");
    },
  };
}

interface Traffic {
  read: number;
  written: number;
  /** Whether a request was seen after the last answer. */
  asked: boolean;
  /** When the last answer was seen, or the first request after it. */
  quietSince: number;
}

function note(socket: Socket, traffic: Traffic, now: number): void {
  const answered = socket.bytesRead !== traffic.read;
  const asked = socket.bytesWritten !== traffic.written;
  if (answered || (asked && !traffic.asked)) {
    traffic.asked = !answered;
    traffic.quietSince = now;
  }
  traffic.read = socket.bytesRead;
  traffic.written = socket.bytesWritten;
}

function longestSilent([, a]: [Socket, Traffic], [, b]: [Socket, Traffic]): number {
  return Number(b.asked) - Number(a.asked) || a.quietSince - b.quietSince;
}

/** postgres.js listens for errors of its sockets, also of those that TLS has wrapped. */
function close(socket: Socket, reason: string, code = "ETIMEDOUT"): void {
  socket.on("error", () => undefined);
  socket.destroy(Object.assign(new Error(reason), { code }));
}
