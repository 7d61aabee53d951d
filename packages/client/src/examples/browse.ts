import { createClient } from "@strategy-executor/client";

const client = createClient({ url: "http://localhost:8000" });

for (const { name, version } of await client.strategies.list()) console.log(`${name} ${version}`);

await client.prices.import({ ticker: "SPY", csv: "date,close,adj_close\n2024-01-02,472.65,465.5\n" });
for (const { ticker, last_day } of await client.prices.list()) console.log(`${ticker} to ${last_day}`);

const { executions } = await client.executions.list({ status: "failed", limit: 10 });
for (const { execution_id, error_message } of executions) console.log(`execution ${execution_id}: ${error_message}`);
