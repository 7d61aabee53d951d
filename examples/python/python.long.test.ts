import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer } from "../../apps/server/src/testing/index.ts";
import { createSigningKeyPair, createSigningSecret, signCallback } from "../../packages/callback/src/index.ts";
import { createTestDatabase, type TestDatabase } from "../../packages/db/src/testing/index.ts";
import { cannotRunPython, runPython, spawnPython } from "./testing/run-python.ts";

const skip = cannotRunPython();
const stack = new AsyncDisposableStack();
let database: TestDatabase;
let address: string;

beforeAll(async () => {
  database = stack.use(await createTestDatabase("pglite"));
  ({ address } = stack.use(await startTestServer(database.options)));
});
afterAll(() => stack.disposeAsync());

describe("test_callback.py", () => {
  it.skipIf(skip)("prints the acceptance, the callback and the result", async () => {
    const { code, out, err } = await tryCallback("--url", `${address}/`);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^receiver +http:\/\/localhost:\d+\/callback$/m);
    expect(out).toMatch(/^accepted +\{\n +"execution_id": \d+,\n +"status": "pending",/m);
    expect(out).toMatch(/^callback +\{\n +"execution_id": \d+,\n +"strategy": "BoldAssetAllocation",/m);
    expect(out).toMatch(/^result +\{\n +"strategy": "BoldAssetAllocation",/m);
    expect(out).toMatch(/^return +\d+\.\d\d%$/m);
  });

  it.skipIf(skip)("prints the callback of an execution that failed", async () => {
    const { code, out } = await tryCallback("--url", address, "--parameters", '{"variant": "INVALID"}');
    expect(code).toBe(0);
    expect(out).toMatch(/^error +Unknown variant: INVALID\. Available variants: BAA-G12/m);
  });

  it.skipIf(skip)("shortens the trades of a crossover", async () => {
    const { code, out } = await tryCallback("--url", address, "--strategy", "MovingAverageCrossover");
    expect(code).toBe(0);
    expect(out).toMatch(/"\.\.\. \d+ more"/);
  });

  it.skipIf(skip)("exits with 1 when no callback comes, and reports the state", async () => {
    await using postgres = await createTestDatabase("postgres");
    await using silent = await startTestServer(postgres.options, { ROLE: "api" });
    const { code, err } = await tryCallback("--url", silent.address, "--timeout", "0.5");
    expect({ code, err }).toEqual({
      code: 1,
      err: "No callback within 0.5 s: the execution is pending, the callback's last answer null\n",
    });
  });

  it.skipIf(skip)("exits with 1 when no server answers, and when the submission is refused", async () => {
    const nobody = `http://127.0.0.1:${await unusedPort()}`;
    const absent = await tryCallback("--url", nobody);
    expect(absent.code).toBe(1);
    expect(absent.err).toMatch(new RegExp(`^error: No answer from ${nobody}: .*refused`));
    const refused = await tryCallback("--url", address, "--strategy", "Nothing");
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/^error: 404: Unknown strategy: Nothing\. Available strategies: /);
  });

  it.skipIf(skip)("accepts only signed callbacks once it has a secret", async () => {
    const secret = await newSecret();
    const trusted = await runPython(["test_callback.py", "--url", address], { WEBHOOK_SECRET: secret });
    expect({ code: trusted.code, err: trusted.err }).toEqual({ code: 0, err: "" });
    const distrustful = spawnPython(["-u", "test_callback.py", "--url", address, "--timeout", "600"], {
      WEBHOOK_SECRET: createSigningSecret(),
    });
    for await (const line of createInterface({ input: distrustful.stdout! }))
      if (line.startsWith("refused ")) {
        expect(line).toMatch(/no signature fits$/);
        distrustful.kill("SIGINT");
      } else expect(line).not.toMatch(/^callback /);
    expect(distrustful.exitCode ?? (await once(distrustful, "exit"))[0]).toBe(130);
  });

  it.skipIf(skip)("reports invalid arguments with exit code 2", async () => {
    const { code, err } = await tryCallback("--parameters", "[1]");
    expect(code).toBe(2);
    expect(err).toContain("give a JSON object");
    const secret = await runPython(["test_callback.py"], { WEBHOOK_SECRET: createSigningKeyPair().publicKey });
    expect(secret.code).toBe(2);
    expect(secret.err).toContain("whpk_ keys are ed25519");
  });
});

describe("the Python client", () => {
  it.skipIf(skip)("runs the examples of its README", async () => {
    const readme = await readFile(new URL("README.md", import.meta.url), "utf8");
    const examples = Array.from(readme.matchAll(/```python\n(.*?)```/gs), ([, code]) => code!);
    const outputs = await Promise.all(
      examples.map((code) => runPython(["-c", code], { STRATEGY_EXECUTOR_URL: address })),
    );
    for (const { code, err } of outputs) expect({ code, err }).toEqual({ code: 0, err: "" });
    const [run, follow, verify] = outputs.map(({ out }) => out.trimEnd().split("\n"));
    expect(run).toEqual([
      expect.stringMatching(/^\{.*\} worth \d+\.\d\d$/),
      expect.stringMatching(/^execution \d+ failed: Invalid short_window: 50\. Must be less than long_window$/),
    ]);
    expect(follow!.filter((line) => /^[a-z]+$/.test(line)).slice(0, 3)).toEqual(["pending", "running", "completed"]);
    expect(follow!.find((line) => line.startsWith("completed "))).toMatch(/^completed \d{4}-\d\d-\d\d$/);
    expect(verify).toEqual([""]);
  });

  it.skipIf(skip)("distinguishes a refusal from an absent server", async () => {
    const { out } = await python(`
      from strategy_executor import Client, NotReached, Refused
      client = Client()
      for path in (lambda: client.get(999999), lambda: client.submit("MovingAverageCrossover", callback_url="ftp://x")):
          try:
              path()
          except Refused as error:
              print(error.status, error.detail, error.errors, error.request_id is not None)
      try:
          Client("http://127.0.0.1:${await unusedPort()}").strategies()
      except NotReached as error:
          print("not reached")
      try:
          Client("localhost:8000")
      except ValueError as error:
          print(error)
    `);
    expect(out).toEqual([
      "404 There is no execution 999999 [] True",
      "422 callback_url: not an http or https URL [{'path': 'callback_url', 'message': 'not an http or https URL'}] True",
      "not reached",
      "Not an http or https address: localhost:8000",
    ]);
  });

  it.skipIf(skip)("makes one execution when the response to a submission was lost", async () => {
    await using lossy = await startLossyProxy(address);
    const { out } = await python(
      `
      from strategy_executor import Client
      client = Client()
      execution = client.submit("BoldAssetAllocation", {"seed": 77})
      print(client.wait(execution["execution_id"])["status"])
      found = [one for one in client.executions(limit=1) if one["execution_parameters"].get("seed") == 77]
      print(len(found))
      `,
      lossy.url,
    );
    expect(lossy.lost()).toBe(1);
    expect(out).toEqual(["completed", "1"]);
  });

  it.skipIf(skip)("resumes a stream that was cut off", async () => {
    await using lossy = await startLossyProxy(address, { cutStreamsAfter: 1 });
    const { out } = await python(
      `
      from strategy_executor import Client
      client = Client()
      accepted = client.submit("BoldAssetAllocation")
      print([data["number"] for kind, data in client.events(accepted["execution_id"]) if kind == "event"])
      `,
      lossy.url,
    );
    expect(out).toEqual(["[1, 2, 3]"]);
  });

  it.skipIf(skip)("gives up at its timeout, and cancels", async () => {
    await using postgres = await createTestDatabase("postgres");
    await using silent = await startTestServer(postgres.options, { ROLE: "api" });
    const { out } = await python(
      `
      import time
      from strategy_executor import Client, Refused
      client = Client()
      accepted = client.submit("BoldAssetAllocation")
      try:
          client.wait(accepted["execution_id"], timeout=0.3)
      except TimeoutError as error:
          print(error)
      print(client.cancel(accepted["execution_id"])["status"])
      try:
          client.cancel(accepted["execution_id"])
      except Refused as error:
          print(error.status)
      `,
      silent.address,
    );
    expect(out).toEqual(["Execution 1 has not ended in time", "cancelled", "409"]);
  });

  it.skipIf(skip)("verifies only callbacks that this service signed", async () => {
    const secret = createSigningSecret();
    const now = Math.floor(Date.now() / 1000);
    const body = '{"text": "전략 ✅"}';
    const sign = (secrets: string[], timestamp = now) =>
      signCallback(secrets, { webhookId: "msg_1", timestamp, body }) as Record<string, string>;
    const pair = createSigningKeyPair();
    const cases = [
      [sign([secret]), body],
      [sign([createSigningSecret(), pair.secretKey, secret]), body],
      [sign([createSigningSecret()]), body],
      [sign([secret]), `${body} `],
      [sign([secret], now - 600), body],
      [{ ...sign([secret]), "webhook-timestamp": "soon" }, body],
      [{ ...sign([secret]), "webhook-id": "" }, body],
      [{ ...sign([secret]), "webhook-signature": sign([secret])["webhook-signature"]!.replace("v1,", "v1a,") }, body],
    ];
    const { out } = await python(
      `
      import json, os
      from strategy_executor import NotVerified, verify_callback
      for headers, body in json.loads(os.environ["CASES"]):
          try:
              print(verify_callback(os.environ["SECRET"], headers, body.encode()))
          except NotVerified as reason:
              print(reason)
      try:
          verify_callback([os.environ["SECRET"], "${pair.publicKey}"], {}, b"")
      except ValueError as error:
          print(error)
      `,
      address,
      { CASES: JSON.stringify(cases), SECRET: secret },
    );
    expect(out).toEqual([
      "msg_1",
      "msg_1",
      "no signature fits",
      "no signature fits",
      "the timestamp is too far away",
      "the timestamp is no number",
      "a header is missing",
      "no signature fits",
      expect.stringMatching(/^whpk_ keys are ed25519/),
    ]);
  });

  it.skipIf(skip)("needs only the standard library", async () => {
    const code = "import strategy_executor, test_callback";
    const { code: exit, err } = await runPython(["-S", "-I", "-c", `import sys; sys.path.insert(0, '.'); ${code}`]);
    expect({ exit, err }).toEqual({ exit: 0, err: "" });
  });
});

function tryCallback(...options: string[]) {
  return runPython(["test_callback.py", ...options]);
}

/** Runs code that must succeed, and returns its output lines. */
async function python(code: string, url = address, environment: Readonly<Record<string, string>> = {}) {
  const indent = /^\n( *)/.exec(code)?.[1] ?? "";
  const dedented = code.replaceAll(`\n${indent}`, "\n");
  const { code: exit, out, err } = await runPython(["-c", dedented], { STRATEGY_EXECUTOR_URL: url, ...environment });
  expect({ exit, err }).toEqual({ exit: 0, err: "" });
  return { out: out.trimEnd().split("\n") };
}

async function newSecret(): Promise<string> {
  const response = await fetch(`${address}/signing-secrets/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  return ((await response.json()) as { secret: string }).secret;
}

async function unusedPort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

/**
 * A proxy that loses the response to the first submission, after the server has accepted it, and cuts each event stream
 * after a number of events.
 */
async function startLossyProxy(target: string, { cutStreamsAfter = Infinity } = {}) {
  let lost = 0;
  const server = createServer(async (req, res) => {
    const body = await new Response(ReadableStream.from(req)).text();
    const { host: _host, connection: _connection, "content-length": _length, ...headers } = req.headers;
    const answer = await fetch(`${target}${req.url}`, {
      method: req.method ?? "GET",
      headers: headers as Record<string, string>,
      ...(body !== "" && { body }),
    });
    if (req.method === "POST" && cutStreamsAfter === Infinity && lost === 0) {
      await answer.text();
      lost += 1;
      req.socket.destroy();
      return;
    }
    res.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" });
    if (answer.body === null) return void res.end();
    let events = 0;
    for await (const chunk of answer.body) {
      for (const frame of new TextDecoder().decode(chunk).split(/(?<=\n\n)/)) {
        res.write(frame);
        events += frame.includes("event: event") ? 1 : 0;
        if (events >= cutStreamsAfter) return void res.end(() => req.socket.destroy());
      }
    }
    res.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lost: () => lost,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
