import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import type { ConnectOptions } from "../connection/database.ts";
import { openEmbedded } from "../embedded/embedded-database.ts";
import { migrate } from "../migration/migrations.ts";

const folder = fileURLToPath(new URL("upgrade", import.meta.url));
const recordedReceiver = "http://127.0.0.1:18724";

/** What the recorded service knew and does not store in readable form. */
export const recorded = {
  apiKey: "sx_d869b41e_085210b194431f6ddb752d02082d0f01e1f20a9c1eb58a485c662feba77e445b",
  secretsKey: "dXBncmFkZXVwZ3JhZGV1cGdyYWRldXBncmFkZTEyMzQ=",
  signingSecret: "whsec_4+wMB8g6fxJHUsDJdSFB94xh6zjTCp5CSxZbqXlWY6M=",
} as const;

/** The migrations of the recorded service. */
export const recordedMigrations = join(folder, "migrations");

/**
 * Fills an empty database as the service of commit 2418846 left one that was killed at work: rows in every table, one execution
 * running, one and a sweep pending. Callbacks go to `receiverUrl`.
 */
export async function fillAsRecorded({ databaseUrl, dataDir }: ConnectOptions, receiverUrl: string): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const client =
    databaseUrl === undefined
      ? stack
          .use(await openEmbedded(join(dataDir!, "pglite")))
          .connect({ fetchTypes: false, onNotify: () => undefined })
      : postgres(databaseUrl, { max: 1, fetch_types: false, onnotice: () => undefined });
  stack.defer(() => client.end({ timeout: 5 }));
  await migrate(client, recordedMigrations);
  for (const name of ["rows.sql", "queue.sql"]) {
    const statements = await readFile(join(folder, name), "utf8");
    await client.unsafe(statements.replaceAll(recordedReceiver, receiverUrl));
  }
}
