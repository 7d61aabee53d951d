import type { ServerResponse } from "node:http";
import { type ConnectOptions } from "@strategy-executor/db";
import { describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  executeStrategy,
  getExecution,
  listDeliveryAttempts,
  listExecutions,
  redeliverCallback,
} from "../../operations/index.ts";
import { type Ctx, scopes } from "../../operations/operation.ts";
import { startReceiver } from "../../testing/receiver.ts";
import { type Service, startService } from "../../testing/service.ts";
import type { Mail, Mailer } from "./mailer.ts";

/** A busy machine takes its time. */
const patient = { timeout: 20_000 };

/** Keeps mail instead of sending it: the SMTP mailer has its own tests. */
function keepMail(answer: string): Mailer & { readonly kept: Mail[] } {
  const kept: Mail[] = [];
  return {
    kept,
    checkRecipient: (address) => (address.endsWith("@example.com") ? undefined : "is no address that mail may go to"),
    async send(mail) {
      kept.push(mail);
      const statusCode = Number(answer.slice(0, 3));
      return { kind: "answered", statusCode, responseText: answer, truncated: false, headers: {}, durationMs: 1 };
    },
  };
}

describeDatabases("callbacks that people read", (create) => {
  let database: TestDatabase;
  let service: Service;
  const mailer = keepMail("250 2.0.0 OK");
  beforeAll(async () => {
    database = await create();
    service = await start(database.options);
  });
  afterAll(async () => {
    await service[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  function start(options: ConnectOptions): Promise<Service> {
    return startService(options, {
      notifications: {
        language: "ko",
        publicUrl: "https://se.example",
        mailer,
        report: async (executionId) => `<h1>${executionId}</h1>`,
      },
    });
  }

  async function submit(submission: Record<string, unknown>, ctx: Ctx = service.ctx): Promise<number> {
    const answer = await executeStrategy.call(ctx, { strategy_name: "MovingAverageCrossover", ...submission });
    return answer.execution_id;
  }

  async function delivered(id: number) {
    const { callback } = await getExecution.call(service.ctx, { execution_id: id });
    return callback?.attempts === 0 ? null : callback;
  }

  it("go to Slack as blocks, and again as the same", async () => {
    await using slack = await startReceiver();
    const address = `${slack.url}/services/T0/B0/secret`;
    const id = await submit({ callback_url: address, callback_format: "slack", label: "A & B" });
    await expect.poll(() => delivered(id), patient).toMatchObject({ sent: true, format: "slack", url: address });
    await redeliverCallback.call(service.ctx, { execution_id: id });
    await expect.poll(() => slack.received.length, patient).toBe(2);
    const [first, again] = slack.received;
    expect(again!.text).toBe(first!.text);
    expect(first).toMatchObject({ path: "/services/T0/B0/secret" });
    const body = JSON.parse(first!.text);
    expect(body.text).toBe("A &amp; B: 완료");
    expect(body.blocks.at(-1).text.text).toBe(`<https://se.example/ui/executions/${id}|실행 열기>`);
    expect(JSON.stringify(body.blocks)).toContain("100% SPY");
  });

  it("go to Telegram with the chat in the body and not in the address", async () => {
    await using telegram = await startReceiver();
    const callback_url = `${telegram.url}/bot1:secret/sendMessage?chat_id=-5`;
    const id = await submit({ callback_url, callback_format: "telegram" });
    await expect.poll(() => delivered(id), patient).toMatchObject({ sent: true, url: callback_url });
    const [request] = telegram.received;
    expect(request!.path).toBe("/bot1:secret/sendMessage");
    expect(JSON.parse(request!.text)).toMatchObject({ chat_id: "-5", parse_mode: "HTML" });
  });

  it("go to Discord for a failed execution with its message", async () => {
    await using discord = await startReceiver();
    const parameters = { short_window: 50, long_window: 20 };
    const id = await submit({
      parameters,
      callback_url: `${discord.url}/api/webhooks/1/s`,
      callback_format: "discord",
    });
    await expect.poll(() => delivered(id), patient).toMatchObject({ sent: true });
    const { error_message } = await getExecution.call(service.ctx, { execution_id: id });
    const body = JSON.parse(discord.received[0]!.text);
    expect(body.embeds[0].description.replaceAll("\\", "")).toBe(error_message);
    expect(body.allowed_mentions).toEqual({ parse: [] });
  });

  it("go by mail with the report of the execution, under the id of the callback", async () => {
    const id = await submit({ callback_url: "mailto:me@example.com", label: "Monthly" });
    await expect
      .poll(() => delivered(id))
      .toMatchObject({
        sent: true,
        url: "mailto:me@example.com",
        response: { status_code: 250, response_text: "250 2.0.0 OK" },
      });
    const mail = mailer.kept.find(({ subject }) => subject.startsWith("Monthly"))!;
    expect(mail).toMatchObject({
      address: "mailto:me@example.com",
      subject: "Monthly: 완료",
      attachment: { name: `execution-${id}.html`, html: `<h1>${id}</h1>` },
    });
    await redeliverCallback.call(service.ctx, { execution_id: id });
    const sent = () => mailer.kept.filter(({ id: webhookId }) => webhookId === mail.id);
    await expect.poll(() => sent().length, patient).toBe(2);
  });

  it("do not show secrets in addresses to anybody but the execution's client", async () => {
    await using slack = await startReceiver();
    const url = `${slack.url}/services/T0/B0/secret`;
    const id = await submit({ callback_url: url, callback_format: "slack" });
    await expect.poll(() => delivered(id), patient).toMatchObject({ sent: true });
    const admin: Ctx = { ...service.ctx, client: { id: "operator", scopes: new Set(scopes) } };
    const shown = [
      await getExecution.call(admin, { execution_id: id }),
      await listExecutions.call(admin, { limit: 10 }),
      await listDeliveryAttempts.call(admin, { execution_id: id }),
    ];
    for (const answer of shown) {
      expect(JSON.stringify(answer)).toContain("/services/***");
      expect(JSON.stringify(answer)).not.toContain("secret");
    }
    const { attempts } = await listDeliveryAttempts.call(service.ctx, { execution_id: id });
    expect(attempts).toMatchObject([{ url }]);
  });

  describe("are refused", () => {
    it.each([
      [{ callback_format: "slack" }, "callback_format", /needs a callback_url/],
      [{ callback_url: "mailto:me@example.com", callback_format: "json" }, "callback_format", /absent for mail/],
      [{ callback_url: "mailto:me@other.example" }, "callback_url", /no address that mail may go to/],
      [{ callback_url: "mailto:a@example.com,b@example.com" }, "callback_url", /exactly one/],
      [{ callback_url: "mailto:a@example.com?subject=x" }, "callback_url", /no query/],
      [{ callback_url: "mailto:a%0d%0aBcc:b@example.com" }, "callback_url", /not a mail address/],
      [{ callback_url: "mailto:%E0%A4@example.com" }, "callback_url", /not a readable mail address/],
      [
        { callback_url: "https://api.telegram.org/bot1:a/sendMessage", callback_format: "telegram" },
        "callback_url",
        /chat_id/,
      ],
      [{ callback_url: "https://hooks.slack.com/services/***", callback_format: "slack" }, "callback_url", /masked/],
      [{ callback_url: "https://hooks.slack.com/services/a", callback_format: "teams" }, "callback_format", /expected/],
    ])("with the field at fault: %j", async (submission, path, message) => {
      await expect(submit(submission)).rejects.toMatchObject({
        code: "invalid",
        fields: [{ path, message: expect.stringMatching(message) }],
      });
    });

    it("where no SMTP server is set", async () => {
      const ctx: Ctx = { ...service.ctx, mailer: null };
      await expect(submit({ callback_url: "mailto:me@example.com" }, ctx)).rejects.toMatchObject({
        fields: [{ path: "callback_url", message: expect.stringMatching(/SMTP_URL/) }],
      });
    });
  });

  it("are sent again when a service asks to wait", async () => {
    const answers = [429, 200];
    await using slack = await startReceiver((response: ServerResponse) => {
      response.writeHead(answers.shift() ?? 200, { "retry-after": "0" }).end("ok");
    });
    const submission = { callback_url: `${slack.url}/services/a`, callback_format: "slack", callback_max_attempts: 2 };
    const id = await submit(submission);
    await expect
      .poll(() => delivered(id))
      .toMatchObject({
        sent: false,
        response: { status_code: 429 },
        next_attempt_at: expect.any(String),
      });
  });
});
