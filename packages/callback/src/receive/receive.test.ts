import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { buffer } from "node:stream/consumers";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";

import { CallbackRejectedError } from "./callback-rejected-error.ts";
import { receiveCallback, type ReceiveOptions } from "./receive.ts";
import type { NodeRequest } from "./received-request.ts";
import { invoiceNotification } from "../testing/invoice-notification.ts";
import { listen } from "../testing/receiver.ts";

const event = { description: "Payment celebration", paid: true };
const json = { "content-type": "application/json" };

/** The effects of body parsers that ran before. */
type BodyParser = (request: IncomingMessage) => Promise<object>;
const asParsed: BodyParser = async (request) => ({ body: JSON.parse(String(await buffer(request))) as unknown });
const asBytes: BodyParser = async (request) => ({ body: await buffer(request) });
const asText: BodyParser = async (request) => ({ body: String(await buffer(request)) });
const asParsedWithBytes: BodyParser = async (request) => {
  const rawBody = await buffer(request);
  return { body: JSON.parse(String(rawBody)) as unknown, rawBody };
};
const notMine: BodyParser = async () => ({ body: {} });
const forgetful: BodyParser = async (request) => (await buffer(request), {});

type Receive = (init: RequestInit, options?: ReceiveOptions) => Promise<{ status: number; body: unknown }>;

const byFetch: Receive = async (init, options) => {
  const request = new Request("http://localhost/", { method: "POST", headers: json, ...init });
  return answer(receiveCallback(invoiceNotification, request, options));
};

const byNode =
  (parser?: BodyParser): Receive =>
  async (init, options) => {
    const server = createServer(async (request: IncomingMessage & NodeRequest, response: ServerResponse) => {
      Object.assign(request, await parser?.(request));
      const { status, body } = await answer(receiveCallback(invoiceNotification, request, options));
      response.writeHead(status, json).end(JSON.stringify(body));
    });
    await using receiver = await listen(server, "127.0.0.1");
    const response = await fetch(`http://127.0.0.1:${receiver.port}/`, { method: "POST", headers: json, ...init });
    return { status: response.status, body: await response.json() };
  };

function eventRequest(headers: Record<string, string>): Request {
  return new Request("http://localhost/", { method: "POST", headers, body: JSON.stringify(event) });
}

async function answer(receiving: Promise<{ payload: unknown }>): Promise<{ status: number; body: unknown }> {
  try {
    return { status: 200, body: (await receiving).payload };
  } catch (error) {
    if (error instanceof CallbackRejectedError)
      return { status: error.status, body: { message: error.message, issues: error.issues } };
    return { status: 500, body: String(error) };
  }
}

const everyWay: [string, Receive][] = [
  ["a Fetch request", byFetch],
  ["a Node request", byNode()],
  ["a Node request after a JSON parser", byNode(asParsed)],
  ["a Node request after a raw parser", byNode(asBytes)],
  ["a Node request after a text parser", byNode(asText)],
  ["a Node request that a parser ignored", byNode(notMine)],
];

describe.each(everyWay)("%s", (_, receive) => {
  it("returns the payload", async () => {
    expect(await receive({ body: JSON.stringify(event) })).toEqual({ status: 200, body: event });
  });

  it("refuses a body that does not match the schema, naming the fields", async () => {
    expect(await receive({ body: '{"description": "x", "paid": "yes"}' })).toEqual({
      status: 422,
      body: {
        message: expect.stringMatching(/^Callback rejected: invalid body: paid: /),
        issues: [{ path: "paid", message: expect.any(String) }],
      },
    });
  });

  it.each(["text/plain", "application/jsonp", "application/json; charset=latin1", ""])(
    "refuses the content type %j",
    async (type) => {
      const refused = await receive({ body: JSON.stringify(event), headers: { "content-type": type } });
      expect(refused).toMatchObject({ status: 415 });
    },
  );

  it.each(["application/cloudevents+json", 'APPLICATION/JSON; charset="UTF-8"'])("accepts %s", async (type) => {
    const taken = await receive({ body: JSON.stringify(event), headers: { "content-type": type } });
    expect(taken).toMatchObject({ status: 200 });
  });

  it("refuses another method", async () => {
    expect(await receive({ method: "PUT", body: "{}" })).toMatchObject({
      status: 405,
      body: { message: "Callback rejected: expected POST" },
    });
  });
});

describe.each(everyWay.filter(([name]) => !name.includes("JSON parser")))(
  "%s, read by receiveCallback",
  (_, receive) => {
    it.each([
      ["nothing", ""],
      ["half an object", '{"paid": '],
    ])("refuses %s", async (_what, body) => {
      expect(await receive({ body })).toMatchObject({ status: 400 });
    });

    it("refuses an oversized body, with and without a Content-Length", async () => {
      const text = JSON.stringify(event);
      const streamed = { body: new Blob([text]).stream(), duplex: "half" } as RequestInit;
      for (const init of [{ body: text }, streamed]) {
        const refused = await receive(init, { maxBytes: text.length - 1 });
        expect(refused).toMatchObject({ status: 413, body: { message: expect.stringContaining("48 bytes") } });
      }
      expect(await receive({ body: text }, { maxBytes: text.length })).toMatchObject({ status: 200 });
    });
  },
);

it("refuses an oversized body while it is still being sent", async () => {
  for (const receive of [byFetch, byNode(), byNode(notMine)]) {
    const endless = new ReadableStream({ start: (controller) => controller.enqueue(Buffer.alloc(2_000)) });
    const refused = await receive({ body: endless, duplex: "half" } as RequestInit, { maxBytes: 1_000 });
    expect(refused).toMatchObject({ status: 413 });
  }
});

it("refuses bytes that are not UTF-8", async () => {
  const body = Buffer.concat([Buffer.from('{"description": "'), Buffer.from([0xff]), Buffer.from('", "paid": true}')]);
  for (const receive of [byFetch, byNode(), byNode(asBytes)])
    expect(await receive({ body })).toMatchObject({ status: 400 });
});

describe("verify", () => {
  const text = ` ${JSON.stringify(event)}\n`;
  const withBytes = everyWay.filter(([name]) => !name.includes("JSON parser"));
  withBytes.push(["a Node request after a JSON parser that kept the bytes", byNode(asParsedWithBytes)]);

  it.each(withBytes)("sees the exact bytes and the headers of %s", async (_, receive) => {
    const seen: unknown[] = [];
    const verify: ReceiveOptions["verify"] = async ({ headers, body }) =>
      seen.push(headers["webhook-id"], Buffer.from(body).toString());
    const taken = await receive({ body: text, headers: { ...json, "Webhook-Id": "42" } }, { verify });
    expect(taken).toMatchObject({ status: 200 });
    expect(seen).toEqual(["42", text]);
  });

  it("refuses before the body is parsed", async () => {
    const nothing = [false, null, undefined, "", 0].map((verdict) => ({ verify: () => Promise.resolve(verdict) }));
    const options = [...nothing, { verify: () => Promise.reject(new Error("bad signature")) }];
    for (const option of options) {
      expect(await byFetch({ body: "no JSON" }, option)).toEqual({
        status: 401,
        body: { message: "Callback rejected: not verified", issues: [] },
      });
    }
  });

  it("does not make the output of a body parser trusted", async () => {
    const { status, body } = await byNode(asParsed)({ body: text }, { verify: () => true });
    expect([status, body]).toEqual([500, expect.stringContaining("request.rawBody")]);
  });
});

it("checks the declared headers", async () => {
  const signed = { ...invoiceNotification, headers: z.object({ "webhook-id": z.string() }) };
  await expect(receiveCallback(signed, eventRequest(json))).rejects.toThrow(
    expect.objectContaining({ status: 422, message: expect.stringContaining("invalid headers: webhook-id") }),
  );
  const { headers, payload } = await receiveCallback(signed, eventRequest({ ...json, "Webhook-Id": "42" }));
  expect(headers["webhook-id"]).toBe("42");
  expectTypeOf(payload).toEqualTypeOf<{ description: string; paid: boolean }>();
});

it("throws when the body was consumed", async () => {
  const { status, body } = await byNode(forgetful)({ body: "{}" });
  expect([status, body]).toEqual([500, expect.stringContaining("has been read before")]);
  const used = new Request("http://localhost/", { method: "POST", headers: json, body: "{}" });
  await used.text();
  await expect(receiveCallback(invoiceNotification, used)).rejects.toThrow("has been read before");
});

it("refuses a body that ends early", async () => {
  const rejected = Promise.withResolvers<unknown>();
  await using receiver = await listen(
    createServer((request) => {
      receiveCallback(invoiceNotification, request).catch(rejected.resolve);
      sender.destroy();
    }),
    "127.0.0.1",
  );
  const sender = connect(receiver.port, "127.0.0.1");
  sender.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"paid":');
  expect(await rejected.promise).toMatchObject({ status: 400, message: "Callback rejected: the body ended early" });
});
