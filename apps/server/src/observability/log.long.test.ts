import { createTestDatabase } from "@strategy-executor/db/testing";
import { expect, it } from "vitest";
import { runCommand } from "../testing/command.ts";
import { startServerProcess } from "../testing/server-process.ts";
import { startTcpProxy } from "../testing/tcp-proxy.ts";

const secrets = {
  token: "tok-5e1f",
  parameter: "par-77ab",
  password: "pass-93cd",
  wrongKey: `sx_00000000_${"e".repeat(64)}`,
};

it("holds no key, no parameter and no part of a callback's address, also while the database fails", async () => {
  await using database = await createTestDatabase("postgres");
  const { out } = await runCommand("keys", database.options, ["create", "me"]);
  const key = out.trim();
  await using line = await startTcpProxy(database.options.databaseUrl!);
  const url = new URL(database.options.databaseUrl!);
  url.port = new URL(line.url).port;
  // PostgreSQL's trust authentication accepts any password.
  url.password = secrets.password;
  await using server = await startServerProcess({ databaseUrl: url.href }, { AUTH: "on", LOG_LEVEL: "trace" });
  const refusals: string[] = [];
  const submit = async (authorization: string) => {
    const response = await fetch(`${server.url}/strategies/execute/`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify({
        strategy_name: "BoldAssetAllocation",
        parameters: { variant: secrets.parameter },
        callback_url: `http://127.0.0.1:1/hook?token=${secrets.token}`,
      }),
    });
    const answer = await response.text();
    if (!response.ok) refusals.push(answer);
    return response.status;
  };
  expect(await submit(`Bearer ${key}`)).toBe(202);
  await server.logged("callback not delivered");
  expect(await submit(`Bearer ${secrets.wrongKey}`)).toBe(401);
  line.leadTo(null);
  line.cut();
  expect(await submit(`Bearer ${key}`)).toBe(503);
  await server.logged("the database cannot be reached");

  // A strategy's message may quote parameters; it is meant for the reader of the log.
  const log = server.lines.filter((text) => !text.includes('"error_message"')).join("\n");
  for (const [name, secret] of Object.entries({ ...secrets, key: key.split("_")[2]! })) {
    expect(log.includes(secret), `the log holds the ${name}`).toBe(false);
    expect(refusals.join("\n").includes(secret), `a refusal holds the ${name}`).toBe(false);
  }
});
