import { listReceiverReports } from "@strategy-executor/db";
import { z } from "zod";
import { Instant, toInstant } from "../../engine/lifecycle/execution.ts";
import { query } from "../operation.ts";

export const CircuitState = z.enum(["closed", "half_open", "open"]).meta({
  description: "`open`: no callbacks are sent for a while; `half_open`: one callback is sent as a probe.",
});

/** State of a receiver of callbacks. */
export const ReceiverState = z
  .object({
    origin: z.string().meta({ description: "Identifies the receiver.", examples: ["https://example.org"] }),
    circuit: CircuitState,
    failures: z.int().nullable().meta({ description: "Consecutive failures; null while they are not counted." }),
    open_until: Instant.nullable().meta({
      description: "When the circuit will be probed again; null while it is closed.",
    }),
    under_way: z.int().meta({ description: "Requests in flight." }),
    latency_ms: z.int().nullable().meta({
      description: "Moving average of its response time, in milliseconds; null when not known.",
    }),
    delivered_at: Instant.nullable().meta({
      description: "Time of the last successful delivery; null when not known.",
    }),
    failed_at: Instant.nullable().meta({ description: "Time of the last failed delivery; null when not known." }),
  })
  .meta({ id: "ReceiverState", description: "State of a receiver of callbacks, a few seconds old." });

const maxReceivers = 1_000;

export const listReceivers = query({
  name: "listReceivers",
  summary: `List the receivers of recent callbacks, those with an open circuit first; at most ${maxReceivers}.`,
  scope: "admin",
  input: z.strictObject({}),
  output: z.object({ receivers: z.array(ReceiverState) }).meta({ id: "ReceiverList" }),
  async run(ctx) {
    const reports = await listReceiverReports(ctx.database.db, maxReceivers);
    return {
      receivers: reports.map((report) => ({
        origin: report.origin,
        circuit: report.circuit === "half-open" ? ("half_open" as const) : report.circuit,
        failures: report.failures,
        open_until: toInstant(report.openUntil),
        under_way: report.underWay,
        latency_ms: report.answerMs === null ? null : Math.round(report.answerMs),
        delivered_at: toInstant(report.deliveredAt),
        failed_at: toInstant(report.failedAt),
      })),
    };
  },
});
