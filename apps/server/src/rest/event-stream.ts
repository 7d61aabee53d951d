import { once } from "node:events";
import { DomainError, getExecution, watchExecution } from "@strategy-executor/core";
import type { RequestHandler, Response } from "express";
import type { Caller } from "../access/access.ts";
import type { TransportDependencies } from "../http/transport-dependencies.ts";
import { ctxFor, scopeOf } from "../http/request-scope.ts";
import { pathNumber } from "./path-number.ts";

/**
 * Serves `GET /executions/{execution_id}/events/` as server-sent events. Event numbers are the ids, so that a client
 * that reconnects with `Last-Event-ID` receives the events it missed. Progress has no id. The stream ends with the
 * terminal event; a client that already has that event gets 204, which stops its reconnects.
 */
export function executionEventStream(host: TransportDependencies, callerOf: (res: Response) => Caller): RequestHandler {
  return async (req, res) => {
    // Registered before the first await: a client that disconnects in between would never be noticed.
    const gone = new AbortController();
    res.once("close", () => gone.abort());
    const caller = callerOf(res);
    const ctx = ctxFor(host.ctx, caller.client, scopeOf(res));
    const execution_id = pathNumber(String(req.params["execution_id"]));
    const after = toEventNumber(req.get("last-event-id"));
    const execution = await getExecution.run(ctx, { execution_id });
    const stream = host.streams.open(caller);
    const signal = AbortSignal.any([gone.signal, stream.ending]);
    try {
      const updates = watchExecution(ctx, { execution_id, after }, signal);
      const first = await updates.next();
      if (first.done === true && execution.completed_at !== null) {
        res.status(204).end();
        return;
      }
      startStream(res);
      const heartbeat = setInterval(() => res.write(": still here\n\n"), host.streams.heartbeatMs);
      try {
        for (let next = first; next.done !== true; next = await updates.next()) {
          const update = next.value;
          const text =
            update.kind === "event"
              ? frame("event", update.event, update.event.number)
              : frame("progress", { execution_id, ...update.progress });
          if (!res.write(text)) await drained(res, host.streams.stalledMs, signal);
        }
      } finally {
        clearInterval(heartbeat);
        await updates.return();
      }
      res.end();
    } finally {
      stream.release();
    }
  };
}

/** Headers that keep proxies from buffering events. */
function startStream(res: Response): void {
  res.writeHead(200, {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-cache, no-transform",
    "X-Accel-Buffering": "no",
  });
  res.flushHeaders();
}

function frame(event: string, data: object, id?: number): string {
  return `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Drops a client that does not read in time. */
async function drained(res: Response, stalledMs: number, signal: AbortSignal): Promise<void> {
  const timer = setTimeout(() => res.destroy(), stalledMs);
  await once(res, "drain", { signal }).catch(() => undefined);
  clearTimeout(timer);
}

function toEventNumber(header: string | undefined): number {
  if (header === undefined || header === "") return 0;
  if (/^\d{1,9}$/.test(header)) return Number(header);
  const message = "is not the number of an event";
  throw new DomainError("invalid", `Last-Event-ID: ${message}`, [{ path: "Last-Event-ID", message }]);
}
