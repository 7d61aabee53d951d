import { createClient } from "@strategy-executor/client";

const client = createClient({ url: "http://localhost:8000" });

const { secret_id, secret } = await client.secrets.create();
console.log(`${secret_id} signs from now on: tell the receivers ${secret?.slice(0, 6)}…`);

const since = new Date(Date.now() - 3_600_000).toISOString();
const { redelivered } = await client.callbacks.redeliver({ since, dry_run: true });
console.log(`${redelivered} callbacks of the last hour failed`);
for (const { execution_id } of (await client.executions.list({ callback: "given_up", limit: 5 })).executions)
  await client.executions.redeliver(execution_id);
