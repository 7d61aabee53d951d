import { createTestDatabase, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startReceiver } from "../testing/receiver.ts";
import { type Service, startService } from "../testing/service.ts";
import {
  createSchedule,
  executeStrategy,
  getExecution,
  getSweep,
  listExecutions,
  listSweeps,
  submitSweep,
} from "./index.ts";

describe("the bytes that a client may have stored", () => {
  let test: TestDatabase;
  let service: Service;
  beforeAll(async () => {
    test = await createTestDatabase();
    service = await startService(test.options);
  });
  afterAll(async () => {
    await service[Symbol.asyncDispose]();
    await test[Symbol.asyncDispose]();
  });

  /** 3 bytes each in UTF-8. */
  const korean = (bytes: number) => ({ variant: "가".repeat((bytes - '{"variant":""}'.length) / 3) });

  it("are 64 kB of JSON in UTF-8 for parameters, whatever takes them", async () => {
    const large = korean(64_002);
    expect(Buffer.byteLength(JSON.stringify(large))).toBeGreaterThan(64_000);
    const refusal = {
      code: "payload_too_large",
      message: expect.stringContaining("at most 64 kB (PARAMETERS_MAX_KB)") as string,
      fields: [{ path: "parameters" }],
    };
    const strategy_name = "BoldAssetAllocation";
    await expect(executeStrategy.call(service.ctx, { strategy_name, parameters: large })).rejects.toMatchObject(
      refusal,
    );
    const grid = { axes: { cost_bps: [0, 5] } };
    await expect(submitSweep.call(service.ctx, { strategy_name, parameters: large, grid })).rejects.toMatchObject(
      refusal,
    );
    const when = { cron: "* * * * *" };
    const schedule = createSchedule.call(service.ctx, { name: "Large", strategy_name, parameters: large, when });
    await expect(schedule).rejects.toMatchObject(refusal);
    await executeStrategy.call(service.ctx, { strategy_name, parameters: korean(63_998) });
  });

  it("are 256 kB for a grid", async () => {
    const short_window = Array.from({ length: 50_000 }, (_, n) => 10_000 + n);
    const request = { strategy_name: "MovingAverageCrossover", grid: { axes: { short_window } } };
    await expect(submitSweep.call(service.ctx, request)).rejects.toMatchObject({
      code: "payload_too_large",
      message: expect.stringContaining("at most 256 kB") as string,
      fields: [{ path: "grid" }],
    });
  });

  it("are left out of lists beyond 4 kB, and error messages are cut at a whole character", async () => {
    const submit = (parameters: object) =>
      executeStrategy.call(service.ctx, { strategy_name: "BoldAssetAllocation", parameters });
    const variant = "😀".repeat(2_000);
    const { execution_id } = await submit({ variant });
    const { execution_id: small } = await submit({ variant: "INVALID" });
    const read = () => getExecution.call(service.ctx, { execution_id });
    await expect.poll(read, { timeout: 20_000 }).toMatchObject({ status: "failed" });
    const full = await read();
    expect(full).toMatchObject({ execution_parameters: { variant } });
    expect(full).not.toHaveProperty("parameters_omitted");
    const { executions } = await listExecutions.call(service.ctx, {});
    const listed = executions.find((execution) => execution.execution_id === execution_id);
    expect(listed).toMatchObject({ execution_parameters: null, parameters_omitted: true });
    expect(listed?.error_message).toBe([...(full.error_message ?? "")].slice(0, 500).join(""));
    expect(executions.find((execution) => execution.execution_id === small)).toMatchObject({
      execution_parameters: { variant: "INVALID" },
    });
    expect(executions.find((execution) => execution.execution_id === small)).not.toHaveProperty("parameters_omitted");
  });

  it("are left out of lists of sweeps beyond 4 kB too", async () => {
    const grid = { axes: { short_window: Array.from({ length: 1_500 }, (_, n) => n + 2), long_window: [2_000] } };
    const request = { strategy_name: "MovingAverageCrossover", grid, best: 3, walk_forward: { train: 500, test: 100 } };
    const { execution_id } = await submitSweep.call(service.ctx, request);
    const { sweeps } = await listSweeps.call(service.ctx, {});
    expect(sweeps.find((sweep) => sweep.execution_id === execution_id)).toMatchObject({
      parameters: null,
      grid: null,
      parameters_omitted: true,
      objective: "sharpe",
      best: 3,
      walk_forward: { train: 500, test: 100 },
    });
    expect(await getSweep.call(service.ctx, { execution_id })).toMatchObject({ grid, parameters: {} });
  });
});

it("sends callbacks one after the other when their results fill the memory for them", async () => {
  await using test = await createTestDatabase("postgres");
  await using service = await startService(test.options, { callbackBytes: 1 });
  let open = 0;
  let most = 0;
  await using receiver = await startReceiver((res) => {
    most = Math.max(most, (open += 1));
    // Another one would arrive while this one is answered.
    setTimeout(() => {
      open -= 1;
      res.end("ok");
    }, 100);
  });
  for (let n = 0; n < 4; n += 1)
    await executeStrategy.call(service.ctx, { strategy_name: "MovingAverageCrossover", callback_url: receiver.url });
  await receiver.arrived(4);
  expect(most).toBe(1);
});

it("counts the steps of sweeps as backlog", async () => {
  await using test = await createTestDatabase("postgres");
  await using service = await startService(test.options, { works: false, maxBacklog: 10 });
  const grid = { axes: { short_window: { from: 2, to: 200 }, long_window: { from: 201, to: 500 } } };
  const execute = () => executeStrategy.call(service.ctx, { strategy_name: "MovingAverageCrossover" });
  await execute();
  await submitSweep.call(service.ctx, { strategy_name: "MovingAverageCrossover", grid });
  await expect(execute()).rejects.toMatchObject({ code: "unavailable" });
  await using other = await startService(test.options, { works: false, maxBacklog: 10 });
  const elsewhere = () => executeStrategy.call(other.ctx, { strategy_name: "MovingAverageCrossover" });
  await expect.poll(() => elsewhere().then(String, (error: { code: string }) => error.code)).toBe("unavailable");
});
