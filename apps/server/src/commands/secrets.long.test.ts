import { randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { startReceiver } from "@strategy-executor/core/testing";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { restTransport } from "../parity/rest-transport.ts";
import { type Finished, runCommand, runCommandProcess } from "../testing/command.ts";
import { startTestServer } from "../testing/test-server.ts";

const id = "sign_[0-9a-f]{12}";
const minute = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d`;

describe("secrets, on the embedded database", () => {
  it("are created without a server, with a key file that only its user can read, and sign once a server runs", async () => {
    await using database = await createTestDatabase("pglite");
    const secrets = (...args: string[]) => runCommand("secrets", database.options, args);
    expect(outputOf(await secrets("list"))).toBe("There are no secrets: npm run secrets -- create [CLIENT]");
    const made = await secrets("create");
    const secret = outputOf(made);
    expect(secret).toMatch(/^whsec_\S+$/);
    expect(made.err).toMatch(new RegExp(`^${id} of local, v1. It is shown only once. It signs from now on.\n$`));
    const { mode } = await stat(join(database.options.dataDir!, "secrets.key"));
    expect((mode & 0o777).toString(8)).toBe("600");

    await using server = await startTestServer(database.options);
    await using receiver = await startReceiver();
    const submit = () =>
      restTransport.call(server.address, "executeStrategy", {
        strategy_name: "Slow",
        parameters: { milliseconds: 1 },
        callback_url: receiver.url,
      });
    await submit();
    await receiver.arrived(1);
    const [first] = receiver.received;
    expect(new Webhook(secret).verify(first!.text, first!.headers as Record<string, string>)).toEqual(first!.body);

    const rotated = await secrets("rotate", "--overlap", "0");
    expect(rotated.err).toContain("The others have ended.");
    const pair = await secrets("create", "--version", "v1a");
    expect(outputOf(pair)).toMatch(/^whpk_\S+$/);
    await submit();
    await receiver.arrived(2);
    const second = receiver.received[1]!;
    const verify = (by: string) => new Webhook(by).verify(second.text, second.headers as Record<string, string>);
    expect(verify(outputOf(rotated))).toEqual(second.body);
    expect(() => verify(secret)).toThrow(/signature/);

    const [pairId] = pair.err.split(" ");
    expect(outputOf(await secrets("end", pairId!))).toBe(`${pairId} of local is ended`);
    expect(outputOf(await secrets("list")).split("\n")).toEqual([
      expect.stringMatching(new RegExp(`^${id}  local  v1   made ${minute}  ended ${minute}$`)),
      expect.stringMatching(new RegExp(`^${id}  local  v1   made ${minute}  signs$`)),
      expect.stringMatching(
        new RegExp(`^${pairId}  local  v1a  made ${minute}  ended ${minute}  ${RegExp.escape(outputOf(pair))}$`),
      ),
    ]);
    expect(await secrets("end", "sign_000000000000")).toEqual({
      code: 1,
      out: "",
      err: "There is no signing secret sign_000000000000\n",
    });
    expect(server.lines.join("\n")).not.toMatch(/whsec_/);
    // The routes that the command uses are not reachable over the network.
    expect((await fetch(`${server.address}/secrets`)).status).toBe(404);
  });
});

describe("the command", () => {
  it("prints only the secret and exits with 0", async () => {
    await using database = await createTestDatabase("postgres");
    const environment = { SECRETS_KEY: randomBytes(32).toString("base64") };
    const made = await runCommandProcess("secrets", database.options, ["create"], environment);
    expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^whsec_\S+\n$/) });
  });
});

/** The output of a command that must succeed. */
function outputOf({ code, out, err }: Finished): string {
  if (code !== 0) throw new Error(`secrets ended with ${code}: ${err}`);
  return out.trimEnd();
}
