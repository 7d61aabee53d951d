import { PgBoss } from "pg-boss";
import postgres from "postgres";
import type { LoadAnswer, LoadQuestion } from "../processes/load.ts";
import type { BenchProcess } from "../processes/process.ts";

const concurrency = 32;

/**
 * The rate of pg-boss alone with empty jobs: the upper limit for a service that uses it. Jobs are sent one by one, as
 * submissions arrive, then fetched and completed in batches.
 */
export async function plainQueue(
  serverUrl: string,
  count: number,
): Promise<{ sendPerSecond: number; drainPerSecond: number }> {
  const server = postgres(serverUrl, { max: 1, onnotice: () => undefined });
  await server`create database plain_queue`;
  const url = new URL(serverUrl);
  url.pathname = "/plain_queue";
  const boss = new PgBoss({ connectionString: url.href, max: 10, schedule: false, supervise: false });
  // Dropping the database ends its connections, after all measurements.
  boss.on("error", () => undefined);
  try {
    await boss.start();
    await boss.createQueue("plain");
    const sending = await perSecond(count, async () => {
      let left = count;
      await parallel(concurrency, async () => {
        while (left-- > 0) await boss.send("plain", { execution_id: left });
      });
    });
    const draining = await perSecond(count, () =>
      parallel(4, async () => {
        for (;;) {
          const jobs = await boss.fetch("plain", { batchSize: 100 });
          if (jobs.length === 0) return;
          await boss.complete("plain", jobs);
        }
      }),
    );
    return { sendPerSecond: sending, drainPerSecond: draining };
  } finally {
    await boss.stop({ graceful: false, close: true });
    await server`drop database plain_queue with (force)`;
    await server.end();
  }
}

/** The rate of a bare loop over undici to the same receiver: the upper limit for deliveries. */
export async function plainDelivery(
  load: BenchProcess<LoadQuestion, LoadAnswer>,
  url: string,
  body: string,
  count: number,
): Promise<number> {
  const { ids, seconds } = await load.ask({ kind: "burst", url, bodies: body, count, concurrency });
  if (ids.length !== count) throw new Error(`The receiver took ${ids.length} of ${count}`);
  return count / seconds;
}

async function perSecond(count: number, work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return count / ((performance.now() - begun) / 1000);
}

async function parallel(times: number, work: () => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: times }, work));
}
