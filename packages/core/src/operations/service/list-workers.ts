import { listWorkers as read, workerLostAfterSeconds } from "@strategy-executor/db";
import { z } from "zod";
import { ExecutionId, Instant } from "../../engine/lifecycle/execution.ts";
import { query } from "../operation.ts";

export const WorkerState = z.enum(["alive", "lost"]).meta({
  description: `\`lost\`: no heartbeat for more than ${workerLostAfterSeconds} s. Other workers run its executions again.`,
});

/** What a worker runs. */
export const WorkerExecution = z
  .object({
    execution_id: ExecutionId,
    client: z.string().meta({ description: "The client of the execution." }),
    strategy: z.string().meta({ description: "Name of the strategy.", examples: ["BoldAssetAllocation"] }),
    attempt: z.int().positive().meta({ description: "Number of the attempt." }),
    started_at: Instant.meta({ description: "When the attempt began." }),
  })
  .meta({ id: "WorkerExecution" });

/** A process that runs executions. */
export const Worker = z
  .object({
    worker_id: z.int().positive().meta({ description: "Number of the worker; a restarted process has another." }),
    name: z.string().meta({ description: "Host and process number.", examples: ["worker-1/4711"] }),
    version: z.string().meta({ description: "Version of the server." }),
    state: WorkerState,
    threads: z.int().meta({ description: "Threads that run executions." }),
    threads_busy: z.int().meta({ description: "Threads that computed at the last heartbeat." }),
    started_at: Instant.meta({ description: "When the process started." }),
    last_seen_at: Instant.meta({ description: "Last heartbeat." }),
    sweep_steps: z.int().meta({ description: "Steps of sweeps that the worker runs." }),
    running: z
      .array(WorkerExecution)
      .meta({ description: "Executions that the worker runs, oldest first; without sweeps." }),
  })
  .meta({ id: "Worker" });

const maxWorkers = 1_000;

export const listWorkers = query({
  name: "listWorkers",
  summary: `List the workers with their running executions, at most ${maxWorkers}. Lost workers are listed for a day.`,
  scope: "admin",
  input: z.strictObject({}),
  output: z.object({ workers: z.array(Worker) }).meta({ id: "WorkerList" }),
  async run(ctx) {
    const workers = await read(ctx.database.db, maxWorkers);
    return {
      workers: workers.map((worker) => ({
        worker_id: worker.id,
        name: worker.name,
        version: worker.version,
        state: worker.isLost ? ("lost" as const) : ("alive" as const),
        threads: worker.threads,
        threads_busy: worker.threadsBusy,
        started_at: worker.startedAt.toISOString(),
        last_seen_at: worker.seenAt.toISOString(),
        sweep_steps: worker.sweepSteps,
        running: worker.running.map(({ id, client, strategy, attempt, startedAt }) => ({
          execution_id: id,
          client,
          strategy,
          attempt,
          started_at: startedAt.toISOString(),
        })),
      })),
    };
  },
});
