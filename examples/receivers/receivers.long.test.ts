import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { createSigningKeyPair, createSigningSecret, signCallback } from "../../packages/callback/src/index.ts";
import { certificates } from "../../packages/callback/src/testing/certificates.ts";
import { cancelled, completed, failed, withTrades } from "./testing/callbacks.ts";
import { type MailServer, startMailServer } from "./testing/mail-server.ts";
import { startSlackServer } from "./testing/slack-server.ts";
import { missingFor, type ReceiverExample, refusedStart, startReceiver } from "./testing/start-receiver.ts";

/** Longer than the frameworks' default limits. */
const long = withTrades(25_000);
const received = { status: 200, body: { status: "received" } };

const printing: ReceiverExample[] = [
  { name: "express", command: "node receiver.js" },
  { name: "flask", command: "python3 receiver.py", needs: "flask" },
  { name: "django", command: "python3 receiver.py runserver --noreload 8888", needs: "django" },
];
const slack = { name: "slack", command: "node receiver.js" };
const email = { name: "email", command: "python3 receiver.py", needs: "smtplib" };
const database = { name: "database", command: "python3 receiver.py", needs: "sqlite3" };
const verifying: ReceiverExample[] = [
  { name: "signed", command: "node receiver.js", dependenciesOf: "packages/callback" },
  { name: "signed-python", command: "python3 receiver.py", needs: "hmac" },
];

describe.each([...printing, slack, email, database, ...verifying])(
  "the README of the $name receiver",
  ({ name, command }) => {
    it("documents the start command that this test uses", async () => {
      const readme = await readFile(new URL(`${name}/README.md`, import.meta.url), "utf8");
      expect(readme).toContain(`\n${command}\n`);
    });
  },
);

describe.each(printing)("the $name receiver", (example) => {
  const skip = cannotRun(example);

  it.skipIf(skip)("prints callbacks", async () => {
    await using receiver = await startReceiver(example);
    expect(await receiver.post(completed)).toEqual(received);
    await receiver.printed("Execution 123 of BoldAssetAllocation completed: return 25.00%");
    expect(await receiver.post(failed)).toEqual(received);
    await receiver.printed(
      "Execution 124 of BoldAssetAllocation failed: Unknown variant: <INVALID>. Available variants",
    );
    expect(await receiver.post(cancelled)).toEqual(received);
    await receiver.printed("Execution 125 of BoldAssetAllocation cancelled: Cancelled");
  });

  it.skipIf(skip)("accepts a long result and refuses malformed JSON", async () => {
    await using receiver = await startReceiver(example);
    expect(await receiver.post(long)).toEqual(received);
    expect(await receiver.post("{")).toMatchObject({ status: 400 });
  });
});

describe("the slack receiver", () => {
  it("forwards a message", async () => {
    await using server = await startSlackServer();
    await using receiver = await startReceiver(slack, { SLACK_WEBHOOK_URL: server.webhookUrl });
    for (const callback of [completed, failed, cancelled, long])
      expect(await receiver.post(callback)).toEqual(received);
    expect(server.messages).toEqual([
      ":white_check_mark: Execution 123 of BoldAssetAllocation completed: return 25.00%",
      ":x: Execution 124 of BoldAssetAllocation failed: Unknown variant: &lt;INVALID&gt;. Available variants: BAA-G12, BAA-G4",
      ":no_entry_sign: Execution 125 of BoldAssetAllocation cancelled: Cancelled",
      ":white_check_mark: Execution 126 of BoldAssetAllocation completed: return 25.00%",
    ]);
  });

  it("answers 502 when Slack refuses the message or does not answer", async () => {
    const server = await startSlackServer();
    await using receiver = await startReceiver(slack, { SLACK_WEBHOOK_URL: `${server.webhookUrl}-revoked` });
    expect(await receiver.post(completed)).toEqual({ status: 502, body: { error: "Slack answered 404 no_service" } });
    await server[Symbol.asyncDispose]();
    expect(await receiver.post(completed)).toEqual({
      status: 502,
      body: { error: "Slack did not answer: ECONNREFUSED" },
    });
  });

  it("forwards only callbacks", async () => {
    await using server = await startSlackServer();
    await using receiver = await startReceiver(slack, { SLACK_WEBHOOK_URL: server.webhookUrl });
    for (const body of ["{", "[]", "null"]) expect(await receiver.post(body)).toMatchObject({ status: 400 });
    expect(server.messages).toEqual([]);
  });

  it("does not start without a Slack address", async () => {
    const { code, reason } = await refusedStart(slack, { SLACK_WEBHOOK_URL: "" });
    expect(code).toBe(1);
    expect(reason).toMatch(/^Set SLACK_WEBHOOK_URL .*\n$/);
  });
});

describe("the email receiver", () => {
  const skip = cannotRun(email);

  it.skipIf(skip)("sends a mail over an encrypted connection", async () => {
    await using server = await startMailServer(certificates.localhost);
    await using receiver = await startMailReceiver(server, { SMTP_USER: "robot", SMTP_PASSWORD: "secret" });
    for (const callback of [completed, failed, cancelled]) expect(await receiver.post(callback)).toEqual(received);
    expect(server.mails.map(({ content }) => /^Subject: (.*)$/m.exec(content)?.[1])).toEqual([
      "Execution 123 of BoldAssetAllocation completed",
      "Execution 124 of BoldAssetAllocation failed",
      "Execution 125 of BoldAssetAllocation cancelled",
    ]);
    expect(server.mails[0]).toMatchObject({
      from: "FROM:<robot@example.org>",
      to: "TO:<me@example.org>",
      encrypted: true,
      login: "robot:secret",
    });
    expect(server.mails[0]?.content).toContain("\n\nReturn: 25.00%\nFinal value: 125,000.00\n");
    expect(server.mails[1]?.content).toContain(
      "\n\nError: Unknown variant: <INVALID>. Available variants: BAA-G12, BAA-G4\n",
    );
    expect(server.mails[2]?.content).toContain("\n\nError: Cancelled\n");
  });

  it.skipIf(skip)("sends without encryption or login only when configured so", async () => {
    await using server = await startMailServer(certificates.localhost);
    await using receiver = await startMailReceiver(server, { SMTP_SECURITY: "none" });
    expect(await receiver.post(long)).toEqual(received);
    expect(server.mails).toMatchObject([{ encrypted: false, login: null }]);
  });

  it.skipIf(skip)("answers 502 when the mail server refuses, is untrusted or is unreachable", async () => {
    const server = await startMailServer(certificates["example.org"]);
    await using distrustful = await startMailReceiver(server);
    expect(await distrustful.post(completed)).toMatchObject({
      status: 502,
      body: { error: expect.stringContaining("certificate verify failed") },
    });
    await using receiver = await startMailReceiver(server, { SMTP_SECURITY: "none", MAIL_TO: "me@nowhere.example" });
    expect(await receiver.post(completed)).toMatchObject({
      status: 502,
      body: { error: expect.stringContaining("no such mailbox") },
    });
    await server[Symbol.asyncDispose]();
    expect(await receiver.post(completed)).toMatchObject({
      status: 502,
      body: { error: expect.stringContaining("refused") },
    });
    expect(server.mails).toEqual([]);
  });

  it.skipIf(skip)("sends mail only for callbacks", async () => {
    await using server = await startMailServer(certificates.localhost);
    await using receiver = await startMailReceiver(server);
    for (const body of ["{", "[]", "{}"]) expect(await receiver.post(body)).toMatchObject({ status: 400 });
    expect(server.mails).toEqual([]);
  });

  it.skipIf(skip)("does not start without addresses or with an unknown kind of security", async () => {
    const noRecipient = await refusedStart(email, { MAIL_FROM: "robot@example.org", MAIL_TO: "" });
    expect(noRecipient).toEqual({ code: 1, reason: expect.stringMatching(/^Set MAIL_FROM and MAIL_TO .*\n$/) });
    const noSecurity = await refusedStart(email, { SMTP_SECURITY: "some" });
    expect(noSecurity).toEqual({ code: 1, reason: "Set SMTP_SECURITY to starttls, tls or none.\n" });
  });
});

describe("the database receiver", () => {
  const skip = cannotRun(database);

  it.skipIf(skip)("stores each callback once", async () => {
    await using receiver = await startReceiver(database);
    const deliveries = [
      ["a", completed],
      ["b", failed],
      ["a", completed],
      ["c", cancelled],
      ["b", failed],
    ] as const;
    for (const [id, callback] of deliveries)
      expect(await receiver.post(callback, { "webhook-id": id })).toEqual(received);
    const common = { strategy: "BoldAssetAllocation", completed_at: "2025-10-04T12:00:15.000Z" };
    const without = { return: null, final_value: null };
    expect(storedIn(receiver.folder)).toEqual([
      {
        webhook_id: "a",
        execution_id: 123,
        status: "completed",
        return: 0.25,
        final_value: 125_000,
        error_message: null,
        ...common,
        body: completed,
      },
      {
        webhook_id: "b",
        execution_id: 124,
        status: "failed",
        ...without,
        error_message: failed.error_message,
        ...common,
        body: failed,
      },
      {
        webhook_id: "c",
        execution_id: 125,
        status: "cancelled",
        ...without,
        error_message: "Cancelled",
        ...common,
        body: cancelled,
      },
    ]);
  });

  it.skipIf(skip)("stores a burst with a duplicate completely", async () => {
    await using receiver = await startReceiver(database);
    const ids = Array.from({ length: 60 }, (_, index) => String(100 + Math.max(index, 1)));
    const answers = await Promise.all(ids.map((id) => receiver.post(withTrades(2_000), { "webhook-id": id })));
    expect(answers).toEqual(ids.map(() => received));
    expect(storedIn(receiver.folder).map(({ webhook_id }) => webhook_id)).toEqual(ids.slice(1));
  });

  it.skipIf(skip)("accepts a long result", async () => {
    await using receiver = await startReceiver(database);
    expect(await receiver.post(long, { "webhook-id": "a" })).toEqual(received);
    expect(storedIn(receiver.folder)).toMatchObject([{ body: long }]);
  });

  it.skipIf(skip)("stores only callbacks with an id", async () => {
    await using receiver = await startReceiver(database);
    expect(await receiver.post(completed)).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining("webhook-id") },
    });
    for (const body of ["{", "[]", "{}"]) {
      expect(await receiver.post(body, { "webhook-id": "a" })).toMatchObject({ status: 400 });
    }
    expect(storedIn(receiver.folder)).toEqual([]);
  });

  it.skipIf(skip)("answers 500 when the database fails", async () => {
    await using receiver = await startReceiver(database);
    await writeFile(join(receiver.folder, "callbacks.db"), "no database");
    expect(await receiver.post(completed, { "webhook-id": "a" })).toMatchObject({ status: 500 });
  });
});

describe.each(verifying)("the $name receiver", (example) => {
  const skip = cannotRun(example);
  const secret = createSigningSecret();
  const now = Math.floor(Date.now() / 1000);
  const unsigned = { status: 401, body: { error: "Not signed by the sender" } };

  /** The headers of the sender, or those of another message. */
  function sign(callback: unknown, more: { secrets?: string[]; timestamp?: number } = {}) {
    const body = typeof callback === "string" ? callback : JSON.stringify(callback);
    return signCallback(more.secrets ?? [secret], { webhookId: "msg_1", timestamp: more.timestamp ?? now, body });
  }

  it.skipIf(skip)("prints callbacks signed with its secret, or with several that include it", async () => {
    await using receiver = await startReceiver(example, { WEBHOOK_SECRET: secret });
    const rotating = [createSigningSecret(), createSigningKeyPair().secretKey, secret];
    expect(await receiver.post(completed, sign(completed))).toEqual(received);
    await receiver.printed("Execution 123 of BoldAssetAllocation completed: return 25.00%");
    expect(await receiver.post(failed, sign(failed, { secrets: rotating }))).toEqual(received);
    await receiver.printed("Execution 124 of BoldAssetAllocation failed: Unknown variant: <INVALID>.");
    const accented = { ...cancelled, error_message: "전략 취소 ✅" };
    expect(await receiver.post(accented, sign(accented))).toEqual(received);
    expect(await receiver.post(long, sign(long))).toEqual(received);
  });

  it.skipIf(skip)("refuses unsigned, changed, outdated and future callbacks", async () => {
    await using receiver = await startReceiver(example, { WEBHOOK_SECRET: secret });
    const headers = sign(completed);
    const refused: Readonly<Record<string, string>>[] = [
      {},
      sign(failed),
      sign(completed, { secrets: [createSigningSecret(), createSigningKeyPair().secretKey] }),
      sign(completed, { timestamp: now - 600 }),
      sign(completed, { timestamp: now + 600 }),
      { ...headers, "webhook-id": "msg_2" },
      { ...headers, "webhook-timestamp": String(now - 1) },
      { ...headers, "webhook-timestamp": "soon" },
      { ...headers, "webhook-signature": "v1," },
      { ...headers, "webhook-signature": headers["webhook-signature"].replace("v1,", "v1a,") },
    ];
    for (const wrong of refused) expect(await receiver.post(completed, wrong)).toEqual(unsigned);
    expect(await receiver.post(`${JSON.stringify(completed)} `, headers)).toEqual(unsigned);
    expect(await receiver.post(completed, headers)).toEqual(received);
  });

  it.skipIf(skip)("refuses signed requests that are no callbacks", async () => {
    await using receiver = await startReceiver(example, { WEBHOOK_SECRET: secret });
    for (const body of ["{", "null"]) expect(await receiver.post(body, sign(body))).toMatchObject({ status: 400 });
  });

  it.skipIf(skip)("does not start without a secret", async () => {
    for (const wrong of ["", "secret", "c2VjcmV0"]) {
      const { code, reason } = await refusedStart(example, { WEBHOOK_SECRET: wrong });
      expect(code).toBe(1);
      expect(reason).toMatch(/^Set WEBHOOK_SECRET to .*\n$/);
    }
  });
});

/** Whether the receiver's requirements are missing. Prints that, or throws where the tests are required. */
function cannotRun(example: ReceiverExample): boolean {
  const missing = missingFor(example);
  if (missing === null) return false;
  if (process.env["REQUIRE_PYTHON_RECEIVERS"]) throw new Error(`${example.name}: ${missing}`);
  console.info(`skipped, the ${example.name} receiver: ${missing}`);
  return true;
}

function startMailReceiver(server: MailServer, environment: Readonly<Record<string, string>> = {}) {
  return startReceiver(email, {
    SMTP_HOST: "localhost",
    SMTP_PORT: String(server.port),
    MAIL_FROM: "robot@example.org",
    MAIL_TO: "me@example.org",
    SSL_CERT_FILE: server.certificateFile,
    ...environment,
  });
}

function storedIn(folder: string): Record<string, unknown>[] {
  using stored = new DatabaseSync(join(folder, "callbacks.db"), { readOnly: true });
  const rows = stored.prepare("select * from callbacks order by webhook_id").all();
  return rows.map((row) => ({ ...row, body: JSON.parse(String(row["body"])) as unknown }));
}
