import { type AnyOperation, operations, type Scope, scopes } from "@strategy-executor/core";
import { describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newClient } from "../testing/api-keys.ts";
import { startTestApp, type TestApp } from "../testing/test-app.ts";
import type { Transport } from "./transport.ts";
import { transports } from "./transports.ts";

type Input = Readonly<Record<string, unknown>>;

/** Inputs of the operations that do not name an execution. An operation without an entry fails its tests. */
const inputs: Readonly<Record<string, Input>> = {
  listStrategies: {},
  getStrategy: { name: "Slow" },
  executeStrategy: { strategy_name: "Slow", parameters: { milliseconds: 60_000 } },
  listExecutions: {},
  getSession: {},
  getActivity: {},
  listWorkers: {},
  getQueue: {},
  checkParameters: { name: "Slow" },
  listApiKeys: {},
  createApiKey: { client: "someone", scopes: ["read"] },
  revokeApiKey: { prefix: "sx_00000000" },
  redeliverCallbacks: { since: "2024-01-01T00:00:00.000Z" },
  cancelExecutions: { ids: [999_999] },
  listReceivers: {},
  createSigningSecret: {},
  rotateSigningSecret: {},
  listSigningSecrets: {},
  endSigningSecret: { secret_id: "sign_000000000000" },
  submitSweep: { strategy_name: "Slow", parameters: { milliseconds: 60_000 }, grid: { axes: { seed: [1, 2] } } },
  listSweeps: {},
  listPrices: {},
  refreshPrices: { tickers: ["NONE"] },
  getPrices: { ticker: "NONE" },
  deletePrices: { ticker: "NONE" },
  listDataSeries: {},
  importDataSeries: { name: "RATE", csv: "month,value\n2024-01,1\n" },
  deleteDataSeries: { name: "NONE" },
  getCalendar: { exchange: "XNYS", from: "2026-01-01", to: "2026-01-31" },
  createSchedule: { name: "nightly", strategy_name: "Slow", when: { days: "year_end" } },
  listSchedules: {},
  getSchedule: { schedule_id: 999_999 },
  updateSchedule: { schedule_id: 999_999, version: 1 },
  pauseSchedule: { schedule_id: 999_999 },
  resumeSchedule: { schedule_id: 999_999 },
  deleteSchedule: { schedule_id: 999_999 },
  triggerSchedule: { schedule_id: 999_999 },
  backfillSchedule: { schedule_id: 999_999, from: "2024-01-01", to: "2024-01-31" },
  listScheduleRuns: { schedule_id: 999_999 },
  getToday: {},
  previewSchedule: { when: { days: "month_end" } },
  setExchangeDay: { exchange: "weekdays", day: "2026-01-01", session: false },
  importPrices: { csv: "date,ticker,close,adj_close\n2024-01-02,SPY,10,9\n" },
};

/** The refusals of those that find nothing of the client's. */
const nothingThere: Readonly<Record<string, object>> = {
  rotateSigningSecret: {
    code: "not_found",
    message: "There is no v1 secret to replace: create one",
    fields: [],
  },
  ...Object.fromEntries(
    ["get", "update", "pause", "resume", "delete", "trigger", "backfill"]
      .map((verb) => `${verb}Schedule`)
      .concat("listScheduleRuns")
      .map((name) => [name, { code: "not_found", message: "There is no schedule 999999", fields: [] }]),
  ),
  revokeApiKey: { code: "not_found", message: "There is no API key sx_00000000", fields: [] },
  getPrices: { code: "not_found", message: "There are no prices of NONE", fields: [] },
  deletePrices: { code: "not_found", message: "There are no prices of NONE", fields: [] },
  deleteDataSeries: { code: "not_found", message: "There is no data series NONE", fields: [] },
  endSigningSecret: { code: "not_found", message: "There is no signing secret sign_000000000000", fields: [] },
};

const namesExecution = ({ input }: AnyOperation) => "execution_id" in input.shape;
/** Lists take one as a filter, and do not say whether it exists. */
const namesSchedule = ({ input }: AnyOperation) => input.shape["schedule_id"]?.safeParse(undefined).success === false;
const ofSweeps = ({ name }: AnyOperation) => name.includes("Sweep");
const refusal = { code: "unauthenticated", message: "The API key is unknown, revoked or expired" };
const neverMade = `sx_00000000_${"0".repeat(64)}`;

describeDatabases("the tenancy matrix", (create) => {
  let database: TestDatabase;
  let app: TestApp;
  const owner = {} as { key: string; execution_id: number; sweep_id: number };
  let unusable: readonly string[];
  const emptyHanded = new Map<string, Promise<string>>();
  beforeAll(async () => {
    database = await create();
    app = await startTestApp(database.options, { auth: "on", engine: { works: false } });
    owner.key = await keyOf(["read", "execute"]);
    owner.execution_id = await submit(owner.key);
    owner.sweep_id = await submit(owner.key, transports[0], "submitSweep");
    const revoked = await newClient(app.ctx.database.db).key(["admin"]);
    await revoked.revoke();
    const expired = await keyOf(["admin"], { expiresInDays: 1e-9 });
    unusable = [neverMade, revoked.key, expired, "nonsense", `${owner.key}x`, owner.key.toUpperCase()];
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  describe.each(transports)("by $name", (transport) => {
    const call = (operation: AnyOperation, apiKey?: string, input = inputOf(operation)) =>
      transport.call(app.address, operation.name, input, apiKey);

    it("refuses each kind of unusable key with one message", async () => {
      for (const key of unusable) await expect(call(operations[0]!, key)).rejects.toMatchObject(refusal);
    });

    describe.each(operations)("$name", (operation) => {
      it("refuses a request without a key", async () => {
        await expect(call(operation)).rejects.toMatchObject({
          code: "unauthenticated",
          message: "Send an API key: Authorization: Bearer sx_…",
        });
      });

      it("refuses an unknown, revoked or expired key", async () => {
        const key = unusable[operations.indexOf(operation) % unusable.length];
        await expect(call(operation, key)).rejects.toMatchObject(refusal);
      });

      it("refuses a key without its scope", async () => {
        const others = scopes.filter((scope) => scope !== operation.scope && scope !== "admin");
        expect(others.length).toBeGreaterThan(0);
        await expect(call(operation, await emptyHandedKey(others))).rejects.toMatchObject({
          code: "forbidden",
          message: `This needs an API key with the scope ${operation.scope}`,
        });
      });

      it("accepts a key with its scope", async () => {
        const key = operation.kind === "query" ? emptyHandedKey : keyOf;
        const outcome = await outcomeOf(call(operation, await key([operation.scope])));
        // The key is accepted; the owner's data is not found for it.
        expect(outcome).toEqual(
          namesExecution(operation)
            ? noExecution(ownedFor(operation))
            : (nothingThere[operation.name] ?? { answer: expect.anything() }),
        );
      });
    });

    describe.each(operations.filter(namesExecution))("$name", (operation) => {
      it("answers another client as if the execution did not exist", async () => {
        const otherClient = await emptyHandedKey(["read", "execute"]);
        const none = owner.execution_id + 1_000_000;
        expect(await outcomeOf(call(operation, otherClient))).toEqual(noExecution(ownedFor(operation)));
        expect(await outcomeOf(call(operation, otherClient, { execution_id: none }))).toEqual(noExecution(none));
      });

      it("works for the owner and for administrators", async () => {
        for (const key of [owner.key, await emptyHandedKey(["admin"])]) {
          const submission = ofSweeps(operation) ? "submitSweep" : "executeStrategy";
          const own =
            operation.kind === "query" ? ownedFor(operation) : await submit(owner.key, transports[0], submission);
          expect(await outcomeOf(call(operation, key, { execution_id: own }))).not.toMatchObject({ code: "not_found" });
        }
      });
    });

    it.each([
      ["executeStrategy", "listExecutions", "execution_id"],
      ["submitSweep", "listSweeps", "sweep_id"],
    ] as const)(
      "lists a client's own executions, and all of them for administrators",
      async (submission, list, own) => {
        const otherClient = await keyOf(["read", "execute"]);
        const theirs = await submit(otherClient, transport, submission);
        expect(await listed(transport, otherClient, list)).toEqual([theirs]);
        expect(await listed(transport, owner.key, list)).not.toContain(theirs);
        expect(await listed(transport, owner.key, list)).toContain(owner[own]);
        expect(await listed(transport, await emptyHandedKey(["admin"]), list)).toEqual(
          expect.arrayContaining([theirs, owner[own]]),
        );
      },
    );

    it("shows schedules to their client and to administrators, and nobody else changes them", async () => {
      const calls = (name: string, key: string, input: Input = {}) => transport.call(app.address, name, input, key);
      const name = `of ${transport.name}`;
      const rule = { name, strategy_name: "Slow", when: { days: "year_end" } };
      const { schedule_id } = (await calls("createSchedule", owner.key, rule)) as { schedule_id: number };
      const stranger = await emptyHandedKey(["read", "execute"]);
      expect(await calls("listSchedules", stranger)).toEqual({ schedules: [], next_cursor: null });
      const missing = { code: "not_found", message: `There is no schedule ${schedule_id}`, fields: [] };
      for (const operation of operations.filter(namesSchedule)) {
        const input = { ...inputs[operation.name], schedule_id };
        const outcome = await outcomeOf(calls(operation.name, stranger, input));
        // A filter that selects nothing is no error.
        expect(outcome).toEqual(
          operation.name === "listExecutions" ? { answer: { executions: [], next_cursor: null } } : missing,
        );
      }
      const admin = await emptyHandedKey(["admin"]);
      for (const key of [owner.key, admin]) {
        expect(await calls("getSchedule", key, { schedule_id })).toMatchObject({ name, version: 1, paused_at: null });
      }
      expect(await calls("pauseSchedule", admin, { schedule_id })).toMatchObject({ schedule_id, next_at: null });
    });

    it("shows secrets to their client and to administrators, and nobody else can end them", async () => {
      const calls = (name: string, key: string, input: Input = {}) => transport.call(app.address, name, input, key);
      const { secret_id, secret } = (await calls("createSigningSecret", owner.key)) as Record<string, string>;
      expect(secret).toMatch(/^whsec_/);
      const otherClient = await emptyHandedKey(["read", "execute"]);
      expect(await calls("listSigningSecrets", otherClient)).toEqual({ secrets: [] });
      expect(await outcomeOf(calls("endSigningSecret", otherClient, { secret_id }))).toEqual({
        code: "not_found",
        message: `There is no signing secret ${secret_id}`,
        fields: [],
      });
      const own = await calls("listSigningSecrets", owner.key);
      expect(own).toMatchObject({
        secrets: expect.arrayContaining([expect.objectContaining({ secret_id, active: true })]),
      });
      expect(JSON.stringify(own)).not.toContain(secret);
      const admin = await emptyHandedKey(["admin"]);
      expect(JSON.stringify(await calls("listSigningSecrets", admin))).toContain(secret_id);
      expect(await calls("endSigningSecret", admin, { secret_id })).toMatchObject({ secret_id, active: false });
    });

    it.each(["cancelExecution", "cancelSweep"])(
      "does not let another client end an execution with %s",
      async (name) => {
        const cancel = operations.find((operation) => operation.name === name)!;
        await outcomeOf(call(cancel, await emptyHandedKey(["read", "execute"])));
        const read = transport.call(app.address, "getExecution", { execution_id: ownedFor(cancel) }, owner.key);
        expect(((await read) as { status: string }).status).not.toBe("cancelled");
      },
    );
  });

  async function keyOf(wanted: readonly Scope[], options?: { readonly expiresInDays: number }): Promise<string> {
    return (await newClient(app.ctx.database.db).key(wanted, options)).key;
  }

  /** A key with these scopes that tests share, of a client that owns nothing. */
  function emptyHandedKey(wanted: readonly Scope[]): Promise<string> {
    const name = wanted.join();
    const made = emptyHanded.get(name) ?? keyOf(wanted);
    emptyHanded.set(name, made);
    return made;
  }

  function ownedFor(operation: AnyOperation): number {
    return ofSweeps(operation) ? owner.sweep_id : owner.execution_id;
  }

  async function submit(apiKey: string, by = transports[0], submission = "executeStrategy"): Promise<number> {
    const accepted = await by!.call(app.address, submission, inputs[submission]!, apiKey);
    return (accepted as { execution_id: number }).execution_id;
  }

  async function listed(by: Transport, apiKey: string, list: string): Promise<number[]> {
    const answer = (await by.call(app.address, list, { limit: 500 }, apiKey)) as Record<
      string,
      { execution_id: number }[]
    >;
    return (answer["executions"] ?? answer["sweeps"] ?? []).map(({ execution_id }) => execution_id);
  }

  function inputOf(operation: AnyOperation): Input {
    if (namesExecution(operation)) return { execution_id: ownedFor(operation) };
    const input = inputs[operation.name];
    if (input === undefined) throw new Error(`Say in this file what ${operation.name} is to be called with`);
    return input;
  }
});

/** The refusal with all its fields, or the output. */
async function outcomeOf(calling: Promise<unknown>): Promise<unknown> {
  return calling.then(
    (answer) => ({ answer }),
    ({ code, message, fields }: Record<string, unknown>) => ({ code, message, fields }),
  );
}

function noExecution(id: number) {
  return { code: "not_found", message: `There is no execution ${id}`, fields: [] };
}
