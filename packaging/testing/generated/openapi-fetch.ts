// Types by openapi-typescript, requests by openapi-fetch.
import createClient from "openapi-fetch";
import type { components, paths } from "./rest.ts";

const client = createClient<paths>({ baseUrl: process.argv[2]! });

const submitted = await client.POST("/strategies/execute/", {
  body: { strategy_name: "BoldAssetAllocation", parameters: { variant: "BAA-G4" } },
});
const execution_id: number = submitted.data!.execution_id;

let execution: components["schemas"]["Execution"];
do {
  execution = (await client.GET("/executions/{execution_id}/", { params: { path: { execution_id } } })).data!;
} while (execution.status !== "completed");

const first = await client.GET("/executions/", { params: { query: { limit: 1 } } });
const cursor: string = first.data!.next_cursor!;
const second = await client.GET("/executions/", { params: { query: { limit: 1, cursor } } });

const unknown = await client.GET("/executions/{execution_id}/", { params: { path: { execution_id: 999_999 } } });
const invalid = await client.POST("/strategies/execute/", {
  body: { strategy_name: "BoldAssetAllocation", label: "" },
});
const problem: components["schemas"]["Problem"] = invalid.error!;

console.log(
  JSON.stringify({
    status: execution.status,
    strategy: execution.result?.strategy,
    pages: [first, second].map(({ data }) => data!.executions.length),
    missing: unknown.error?.status,
    fields: problem.errors?.map(({ path }) => path),
  }),
);

// @ts-expect-error no such field
export const nothing: unknown = execution.nothing;
// @ts-expect-error strategy_name is missing
await client.POST("/strategies/execute/", { body: {} });
