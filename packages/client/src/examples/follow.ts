import { createClient } from "@strategy-executor/client";

const client = createClient({ url: "http://localhost:8000" });

const { execution_id } = await client.execute("MovingAverageCrossover", { symbol: "QQQ" });
for await (const update of client.executions.watch(execution_id)) {
  if (update.kind === "event") console.log(update.event.number, update.event.status);
  else console.log(`${Math.round(update.progress.fraction * 100)} %`);
}
const { dates, equity } = await client.executions.series(execution_id);
console.log(`${dates.at(-1)} ${equity.at(-1)}`);
