import { listReceiverReports } from "@strategy-executor/db";
import { z } from "zod";
import { Instant, toInstant } from "../../engine/lifecycle/execution.ts";
import { query } from "../operation.ts";

export const CircuitState = z.enum(["closed", "half_open", "open"]).meta({
  description: "`open`: it is left alone for a while; `half_open`: one callback is under way to try it.",
});

/** How a receiver of callbacks fares. */
export const ReceiverState = z
  .object({
    origin: z.string().meta({ description: "What receivers are told apart by.", examples: ["https://example.org"] }),
    circuit: CircuitState,
    failures: z.int().nullable().meta({ description: "In a row; null while it is not counted." }),
    open_until: Instant.nullable().meta({ description: "Until when it is left alone; null while it is not." }),
    under_way: z.int().meta({ description: "Requests that it has not answered yet." }),
    delivered_at: Instant.nullable().meta({
      description: "When it last took a callback; null when that is not known.",
    }),
    failed_at: Instant.nullable().meta({ description: "When it last did not; null when that is not known." }),
  })
  .meta({ id: "ReceiverState", description: "How a receiver of callbacks fares, seconds ago." });

const most = 1_000;

export const listReceivers = query({
  name: "listReceivers",
  summary: `List the receivers that callbacks were sent to lately, those that are left alone first; at most ${most}.`,
  scope: "admin",
  input: z.strictObject({}),
  output: z.object({ receivers: z.array(ReceiverState) }).meta({ id: "ReceiverList" }),
  async run(ctx) {
    const reports = await listReceiverReports(ctx.database.db, most);
    return {
      receivers: reports.map((report) => ({
        origin: report.origin,
        circuit: report.circuit === "half-open" ? ("half_open" as const) : report.circuit,
        failures: report.failures,
        open_until: toInstant(report.openUntil),
        under_way: report.underWay,
        delivered_at: toInstant(report.deliveredAt),
        failed_at: toInstant(report.failedAt),
      })),
    };
  },
});
