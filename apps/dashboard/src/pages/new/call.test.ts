import { expect, it } from "vitest";
import { programOf } from "./call.ts";

const call = { strategy_name: "BoldAssetAllocation", parameters: { variant: "BAA-G4" } };

it("is a program for the service where it is mounted", () => {
  expect(programOf(call, "https://example.com/se", false)).toBe(
    [
      'import { createClient } from "@strategy-executor/client";',
      "",
      'const client = createClient({ url: "https://example.com/se" });',
      'const { execution_id } = await client.execute("BoldAssetAllocation", {"variant":"BAA-G4"});',
      "for await (const update of client.executions.watch(execution_id)) console.log(update);",
    ].join("\n"),
  );
});

it("takes the key from the environment, and says label and callback", () => {
  const program = programOf({ ...call, label: 'a "label"', callback_url: "http://localhost:9/" }, "http://a", true);
  expect(program).toContain('createClient({ url: "http://a", apiKey: process.env.API_KEY ?? "" })');
  expect(program).toContain('{"variant":"BAA-G4"}, {"label":"a \\"label\\"","callback_url":"http://localhost:9/"})');
});
