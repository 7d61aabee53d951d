import { type QueueGroup as GroupRecord, readQueue } from "@strategy-executor/db";
import { z } from "zod";
import { query } from "../operation.ts";

export const QueueName = z.enum(["executions", "sweeps", "callbacks"]).meta({
  description: "`sweeps` counts steps of sweeps.",
});

export const QueuePriority = z.enum(["low", "normal", "high"]);

const age = z.number().nullable().meta({
  description: "How long the oldest job has waited, in seconds; null when none waits.",
});

/** A queue, over all clients and priorities. */
export const QueueTotal = z
  .object({
    queue: QueueName,
    depth: z.int().meta({ description: "Number of waiting jobs." }),
    oldest_age_seconds: age,
  })
  .meta({ id: "QueueTotal" });

/** What waits in a queue for one client at one priority. */
export const QueueGroup = z
  .object({
    queue: QueueName,
    client: z.string().meta({ description: "The client of the jobs." }),
    priority: QueuePriority.meta({ description: "Priority of their executions." }),
    depth: z.int().meta({ description: "Number of waiting jobs." }),
    oldest_age_seconds: z.number().meta({ description: "How long the oldest job has waited, in seconds." }),
  })
  .meta({ id: "QueueGroup" });

/** Counting stops here. */
const maxCounted = 1_000_000;
const maxGroups = 1_000;

export const getQueue = query({
  name: "getQueue",
  summary:
    "Read how many executions, steps of sweeps and callbacks wait, and for how long, by queue, client and priority.",
  scope: "admin",
  input: z.strictObject({}),
  output: z
    .object({
      queues: z.array(QueueTotal).meta({ description: "Every queue." }),
      groups: z.array(QueueGroup).meta({
        description: `Waiting jobs by queue, client and priority, the deepest groups first; at most ${maxGroups}.`,
      }),
    })
    .meta({
      id: "QueueState",
      description:
        "Callbacks count when their next attempt is due. The first attempt of a callback usually has no queue.",
    }),
  async run(ctx) {
    const groups = await readQueue(ctx.database.db, maxCounted);
    return {
      queues: QueueName.options.map((queue) => ({
        queue,
        ...totalOf(groups.filter((group) => group.queue === queue)),
      })),
      groups: groups.slice(0, maxGroups).map(({ queue, client, urgency, depth, ageSeconds }) => ({
        queue,
        client,
        priority: priorities[urgency],
        depth,
        oldest_age_seconds: ageSeconds,
      })),
    };
  },
});

const priorities = { [-1]: "low", 0: "normal", 1: "high" } as const satisfies Record<
  GroupRecord["urgency"],
  z.output<typeof QueuePriority>
>;

function totalOf(groups: readonly GroupRecord[]) {
  return {
    depth: groups.reduce((sum, { depth }) => sum + depth, 0),
    oldest_age_seconds: groups.length === 0 ? null : Math.max(...groups.map(({ ageSeconds }) => ageSeconds)),
  };
}
