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
 * The last defence against lost packets: no reset arrives, and TCP gives up only after 15 minutes. A call that takes longer than
 * `deadlineMs` shows that a connection may be dead. For each such call this closes one connection that has been silent for as
 * long, which rejects its calls. The server's own time limit must be shorter, so that a working server answers first. A
 * statement on a closed connection may still have been committed.
 *
 * What lost the packets of one connection has often lost those of all. Connections that were idle before, and have carried
 * nothing since, are therefore closed too: otherwise each would cost the next call that takes it the whole deadline.
 *
 * This watches bytes of sockets, not the protocol, so it works with TLS. A request and an answer between two checks have no known
 * order: an idle connection may be closed first, which does no harm.
 */
export function watchSilence(calls: Calls, deadlineMs: number): SilenceWatch {
  const connections = new Map<Socket, Traffic>();

  const check = (): void => {
    const now = performance.now();
    for (const [socket, traffic] of connections) {
      // postgres.js removes the listeners of sockets that it wraps in TLS, so their end is seen here.
      if (socket.destroyed) connections.delete(socket);
      else note(socket, traffic, now);
    }
    const overdue = [...calls].filter(({ since }) => now - since > deadlineMs).length;
    const quiet = [...connections].filter(([, { quietSince }]) => now - quietSince > deadlineMs);
    const dead = quiet.toSorted(longestSilent).slice(0, overdue);
    if (dead.length === 0) return;
    const silentSince = Math.max(...dead.map(([, { quietSince }]) => quietSince));
    const idle = [...connections].filter(([, { asked, quietSince }]) => !asked && quietSince < silentSince);
    const giveUp = ([socket]: [Socket, Traffic]) =>
      close(socket, `No answer from the database within ${deadlineMs / 1000} s`);
    // First the idle ones, so that what follows the failure of a call meets none of them.
    void Promise.all(idle.map(giveUp)).then(() => dead.map(giveUp));
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
      socket.once("end", () => void close(socket, "The database closed the connection", "ECONNRESET"));
      connections.set(socket, { read: 0, written: 0, asked: false, quietSince: performance.now() });
      return socket;
    },
    closeAll(reason) {
      for (const socket of connections.keys()) void close(socket, reason);
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      for (const socket of connections.keys()) void close(socket, "The database is closed");
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

/** Resolves when it is closed. postgres.js listens for errors of its sockets, also of those that TLS has wrapped. */
function close(socket: Socket, reason: string, code = "ETIMEDOUT"): Promise<void> {
  if (socket.closed) return Promise.resolve();
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  socket.once("close", () => resolve());
  socket.on("error", () => undefined);
  socket.destroy(Object.assign(new Error(reason), { code }));
  return closed;
}
