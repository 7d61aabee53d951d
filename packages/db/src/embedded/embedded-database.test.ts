import { join } from "node:path";
import type postgres from "postgres";
import { describe, expect, it } from "vitest";
import { openEmbedded } from "./embedded-database.ts";
import { createTestDatabase } from "../testing/index.ts";

describe("connections of an embedded database", () => {
  it("wait while another one is in a transaction, and see what it has committed", async () => {
    await using database = await open();
    const [one, other] = [database.connect(), database.connect()];
    await one`create table things (name text)`;
    const order: string[] = [];
    const { promise: began, resolve: hasBegun } = Promise.withResolvers<void>();
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    const transaction = one.begin(async (tx) => {
      await tx`insert into things values ('first')`;
      hasBegun();
      await mayEnd;
      await tx`insert into things values ('second')`;
      order.push("ends");
    });
    await began;
    const names = other<{ name: string }[]>`select name from things`.then((rows) => {
      order.push("looks");
      return rows.map(({ name }) => name);
    });
    end();
    expect(await names).toEqual(["first", "second"]);
    await transaction;
    expect(order).toEqual(["ends", "looks"]);
  });

  it("roll back at their end and release the session", async () => {
    await using database = await open();
    const [one, other] = [database.connect(), database.connect()];
    await one`create table things (name text)`;
    const reserved = await one.reserve();
    await reserved.unsafe("begin; insert into things values ('lost')");
    const count = other`select count(*)::int as n from things`;
    await one.end({ timeout: 0 });
    expect([...(await count)]).toEqual([{ n: 0 }]);
    expect([...(await other`select count(*)::int as n from things`)]).toEqual([{ n: 0 }]);
  });

  it("roll back a transaction in which a statement has failed", async () => {
    await using database = await open();
    const [one, other] = [database.connect(), database.connect()];
    await one`select 1`;
    const reserved = await one.reserve();
    await reserved.unsafe("begin; create table things (name text)");
    await expect(reserved`select ${1}::int / 0`).rejects.toThrow("division by zero");
    await one.end({ timeout: 0 });
    expect([...(await other`select to_regclass('things') as things`)]).toEqual([{ things: null }]);
  });

  it("never interleave statements of several messages", async () => {
    await using database = await open();
    const connections = [database.connect(), database.connect(), database.connect()];
    const answers = await Promise.all(
      connections.flatMap((connection, owner) =>
        Array.from({ length: 50 }, async (_, index) => {
          const [row] = await connection.unsafe(`select $1::int as owner, ${index} as index`, [owner]);
          return row;
        }),
      ),
    );
    expect(answers).toEqual([0, 1, 2].flatMap((owner) => Array.from({ length: 50 }, (_, index) => ({ owner, index }))));
  });

  it("carry megabytes both ways", async () => {
    await using database = await open();
    const text = "Ω".repeat(3_000_000);
    const [row] = await database.connect()<{ text: string }[]>`select ${text}::text as text`;
    expect(row?.text === text).toBe(true);
  });

  it("continue after an error, which carries PostgreSQL's code", async () => {
    await using database = await open();
    const connection = database.connect();
    const [failed, fine] = await Promise.allSettled([
      connection`select 1 / ${0}::int`,
      connection`select ${7}::int as n`,
    ]);
    expect(failed).toMatchObject({ status: "rejected", reason: { code: "22012" } });
    expect(fine).toMatchObject({ status: "fulfilled", value: [{ n: 7 }] });
  });

  it("leave the event loop free while the database computes", async () => {
    await using database = await open();
    const connection = database.connect();
    await connection`select 1`;
    const before = performance.eventLoopUtilization();
    await connection`select pg_sleep(0.2)`;
    // How long it waited for something to do, however long the machine let the process wait.
    expect(performance.eventLoopUtilization(before).idle).toBeGreaterThan(100);
  });
});

describe("opening an embedded database", () => {
  it("can be closed with an open transaction, which is rolled back", async () => {
    await using test = await createTestDatabase("pglite");
    const folder = join(test.options.dataDir!, "pglite");
    const database = await openEmbedded(folder);
    const connection = database.connect({ fetchTypes: true, onNotify: () => undefined });
    const reserved = await connection.reserve();
    await reserved.unsafe("begin; create table things (name text)");
    await database[Symbol.asyncDispose]();
    await expect(connection`select 1`).rejects.toThrow("The embedded database is closed");
    await using again = await openEmbedded(folder);
    const other = again.connect({ fetchTypes: false, onNotify: () => undefined });
    expect([...(await other`select to_regclass('things') as things`)]).toEqual([{ things: null }]);
    await other.end();
  });

  it("refuses connections once it is closed", async () => {
    await using test = await createTestDatabase("pglite");
    const database = await openEmbedded(join(test.options.dataDir!, "pglite"));
    const connection = database.connect({ fetchTypes: false, onNotify: () => undefined });
    await connection`select 1`;
    await connection.end();
    await database[Symbol.asyncDispose]();
    const late = database.connect({ fetchTypes: false, onNotify: () => undefined });
    await expect(late`select 1`).rejects.toThrow("The embedded database is closed");
  });
});

async function open() {
  const test = await createTestDatabase("pglite");
  const database = await openEmbedded(join(test.options.dataDir!, "pglite"));
  const connections: postgres.Sql[] = [];
  return {
    connect() {
      const connection = database.connect({ fetchTypes: false, onNotify: () => undefined });
      connections.push(connection);
      return connection;
    },
    async [Symbol.asyncDispose]() {
      for (const connection of connections) await connection.end();
      await database[Symbol.asyncDispose]();
      await test[Symbol.asyncDispose]();
    },
  };
}
