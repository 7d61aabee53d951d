// Everything by @hey-api/openapi-ts.
import { client } from "./hey/client.gen.ts";
import { executeStrategy, getExecution, listExecutions, watchExecution } from "./hey/sdk.gen.ts";
import type { Execution, Problem } from "./hey/types.gen.ts";

client.setConfig({ baseUrl: process.argv[2]! });

const { data: accepted } = await executeStrategy({
  body: { strategy_name: "BoldAssetAllocation", parameters: { variant: "BAA-G4" } },
  throwOnError: true,
});
const path = { execution_id: accepted.execution_id };
const { stream } = await watchExecution({ path });
let events = 0;
for await (const _event of stream) events += 1;
const execution: Execution = (await getExecution({ path, throwOnError: true })).data;

const first = await listExecutions({ query: { limit: 1 }, throwOnError: true });
const second = await listExecutions({ query: { limit: 1, cursor: first.data.next_cursor! }, throwOnError: true });

const { error: missing } = await getExecution({ path: { execution_id: 999_999 } });
const { error } = await executeStrategy({ body: { strategy_name: "BoldAssetAllocation", label: "" } });
const problem: Problem = error!;

console.log(
  JSON.stringify({
    status: execution.status,
    strategy: execution.result?.strategy,
    followed: events >= 3,
    pages: [first, second].map(({ data }) => data.executions.length),
    missing: missing?.status,
    fields: problem.errors?.map((field) => field.path),
  }),
);

// @ts-expect-error no such field
export const nothing: unknown = execution.nothing;
