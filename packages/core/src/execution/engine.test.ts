import { describeDatabases } from "@strategy-executor/db/testing";
import { expect, it } from "vitest";
import { executeStrategy, getExecution, listDeliveryAttempts } from "../operations/index.ts";
import { startReceiver } from "../testing/receiver.ts";
import { startService } from "../testing/service.ts";

describeDatabases("the engine", (create) => {
  it("runs what was accepted and POSTs the result to the callback_url", async () => {
    await using test = await create();
    await using service = await startService(test.options);
    await using receiver = await startReceiver();
    const accepted = await executeStrategy.call(service.ctx, {
      strategy_name: "MovingAverageCrossover",
      callback_url: `${receiver.url}/callback`,
    });
    expect(accepted).toEqual({
      execution_id: 1,
      status: "pending",
      message: "Strategy execution started",
      callback_url: `${receiver.url}/callback`,
    });
    await receiver.arrived(1);
    const [callback] = receiver.received;
    expect(callback?.body).toMatchObject({ execution_id: 1, status: "completed" });
  });

  it("drains a burst without a pause and loses none", async () => {
    await using test = await create();
    await using service = await startService(test.options);
    await using receiver = await startReceiver();
    const burst = Array.from({ length: 1_000 }, () =>
      executeStrategy.call(service.ctx, {
        strategy_name: "BoldAssetAllocation",
        parameters: { variant: "INVALID" },
        callback_url: receiver.url,
      }),
    );
    const accepted = await Promise.all(burst);
    await receiver.arrived(1_000);
    const ids = (numbers: number[]) => numbers.toSorted((a, b) => a - b);
    expect(ids(receiver.received.map(({ body }) => body.execution_id))).toEqual(
      ids(accepted.map(({ execution_id }) => execution_id)),
    );
  });
});
