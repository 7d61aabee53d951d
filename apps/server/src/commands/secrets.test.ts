import { randomBytes } from "node:crypto";
import type { ConnectOptions } from "@strategy-executor/db";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { expect, it } from "vitest";
import { runCommand } from "../testing/command.ts";

it("secrets on PostgreSQL are refused without SECRETS_KEY and created with it, for any client", async () => {
  await using database = await createTestDatabase("postgres");
  const refused = await commandOn(database.options)("create");
  expect(refused).toMatchObject({ code: 1, out: "" });
  expect(refused.err).toMatch(
    /^Signing secrets are stored encrypted, and the server has no key for that: set SECRETS_KEY [^\n]*\n$/,
  );
  const secrets = commandOn(database.options, { SECRETS_KEY: randomBytes(32).toString("base64") });
  expect((await secrets("create", "dashboard")).err).toMatch(/^sign_[0-9a-f]{12} of dashboard, v1\./);
  expect(await secrets("rotate", "other")).toMatchObject({
    code: 1,
    err: "There is no v1 secret to replace: create one\n",
  });
});

function commandOn(database: ConnectOptions, environment: Record<string, string> = {}) {
  return (...args: string[]) => runCommand("secrets", database, args, environment);
}
