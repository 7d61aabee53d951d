import { createTestDatabase } from "@strategy-executor/db/testing";
import { expect, it } from "vitest";
import { noopObserver } from "./observer.ts";
import { executeStrategy, listExecutions } from "../../operations/index.ts";
import { startService } from "../../testing/service.ts";

it("a change that cannot be announced is written once", async () => {
  await using test = await createTestDatabase("postgres");
  const observer = {
    ...noopObserver,
    accepted() {
      throw new Error("This metric is broken");
    },
  };
  await using service = await startService(test.options, { observer, works: false });
  const submit = () => executeStrategy.call(service.ctx, { strategy_name: "MovingAverageCrossover" });
  const submitted = await Promise.all([submit(), submit(), submit()]);
  const { executions } = await listExecutions.call(service.ctx, {});
  expect(executions.map(({ execution_id }) => execution_id).toSorted()).toEqual(
    submitted.map(({ execution_id }) => execution_id).toSorted(),
  );
});
