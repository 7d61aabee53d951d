import type { ServerResponse } from "node:http";
import type { Ctx, Operation } from "@strategy-executor/core";
import { type AnyTRPCRootTypes, initTRPC, type TRPCBuiltRouter, type TRPCRouterRecord } from "@trpc/server";
import type { z } from "zod";
import type { Caller } from "../access/access.ts";
import { type OpenStreams, streamTimes } from "../http/open-streams.ts";
import { toErrorShape } from "./errors.ts";

/** The context of procedures. */
export interface TrpcContext {
  readonly ctx: Ctx;
  readonly streams: OpenStreams;
  readonly caller: Caller;
  readonly res: ServerResponse;
}

const t = initTRPC.context<TrpcContext>().create({
  isDev: false,
  errorFormatter: toErrorShape,
  sse: {
    ping: { enabled: true, intervalMs: streamTimes.heartbeatMs },
    client: { reconnectAfterInactivityMs: 45_000 },
    // The client reconnects immediately and resumes, perhaps with another process.
    maxDurationMs: 3_600_000,
  },
});

export const { router, procedure } = t;

/** The same router, as clients see it. Its type names nothing of the server. */
export function withoutContext<Root extends AnyTRPCRootTypes, Procedures extends TRPCRouterRecord>(
  complete: TRPCBuiltRouter<Root, Procedures>,
): TRPCBuiltRouter<{ ctx: object; meta: object; errorShape: Root["errorShape"]; transformer: false }, Procedures> {
  return complete as never;
}

/** Wraps a reading operation as a procedure. */
export function query<In extends z.ZodObject, Out extends z.core.$ZodType>({ input, run }: Operation<In, Out>) {
  return procedure.input(input).query((call): Promise<z.output<Out>> => run(call.ctx.ctx, call.input as z.output<In>));
}

/** Wraps a changing operation as a procedure. */
export function mutation<In extends z.ZodObject, Out extends z.core.$ZodType>({ input, run }: Operation<In, Out>) {
  return procedure
    .input(input)
    .mutation((call): Promise<z.output<Out>> => run(call.ctx.ctx, call.input as z.output<In>));
}
