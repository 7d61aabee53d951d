import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Invoices, startInvoices } from "./testing/invoices.ts";

let invoices: Invoices & AsyncDisposable;
beforeAll(async () => {
  invoices = await startInvoices();
});
afterAll(() => invoices[Symbol.asyncDispose]());

const events = encodeURIComponent("https://www.external.org/events");

describe("POST /invoices/", () => {
  it("accepts the tutorial's invoice and resolves the address of its callback", async () => {
    const given = { id: "2expen51ve", customer: "Mr. Richie Rich", total: "9999" };
    const answer = await invoices.post("/invoices/?callback_url=https://www.external.org/events", given);
    expect(answer).toEqual({ status: 200, body: { msg: "Invoice received" } });
    expect((await invoices.get("/invoices/2expen51ve/")).body).toMatchObject({
      id: "2expen51ve",
      title: null,
      total: 9999,
      callback: { url: "https://www.external.org/events/invoices/2expen51ve", attempts: 0, sent: false },
    });
  });

  it("needs neither callback_url nor trailing slash", async () => {
    expect(await invoices.post("/invoices", { id: "plain", customer: "x", total: 1 })).toMatchObject({ status: 200 });
    expect((await invoices.get("/invoices/plain")).body.callback).toBeNull();
  });

  it("keeps the query of the callback_url and makes the id one segment of its path", async () => {
    const url = encodeURIComponent("http://localhost:1/events/?token=a%2Fb");
    await invoices.post(`/invoices/?callback_url=${url}`, { id: "../a?b#c 전", customer: "x", total: 1 });
    const { body } = await invoices.get(`/invoices/${encodeURIComponent("../a?b#c 전")}/`);
    expect(body.callback?.url).toBe("http://localhost:1/events/invoices/..%2Fa%3Fb%23c%20%EC%A0%84?token=a%2Fb");
  });

  it("refuses an existing id and does not change the first invoice", async () => {
    await invoices.post("/invoices/", { id: "twice", customer: "first", total: 1 });
    const answer = await invoices.post(`/invoices/?callback_url=${events}`, { id: "twice", customer: "2nd", total: 1 });
    expect(answer).toMatchObject({ status: 409, body: { detail: "There is already an invoice twice" } });
    expect((await invoices.get("/invoices/twice/")).body).toMatchObject({ customer: "first", callback: null });
  });

  it("names every invalid field", async () => {
    const answer = await invoices.post("/invoices/?callback_url=mailto:x", { id: 7, total: "nine" });
    expect(answer).toMatchObject({ status: 422, body: { title: "Unprocessable Entity", status: 422 } });
    const paths = answer.body.errors?.map(({ path }) => path) ?? [];
    expect(paths).toEqual(["query.callback_url", "body.id", "body.customer", "body.total"]);
    for (const path of paths) expect(answer.body.detail).toContain(path);
  });

  it.each([
    "",
    "%20",
    "https://user:secret@example.org/",
    `https://example.org/${"x".repeat(2083)}`,
    "a&callback_url=b",
  ])("refuses callback_url=%s", async (url) => {
    const answer = await invoices.post(`/invoices/?callback_url=${url}`, { id: "bad", customer: "x", total: 1 });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: "query.callback_url" }] } });
  });

  it.each(["", ".", "..", "%2e%2E"])(
    "refuses and does not store an invoice whose id %j yields no address",
    async (id) => {
      const answer = await invoices.post(`/invoices/?callback_url=${events}`, { id, customer: "x", total: 1 });
      expect(answer.status).toBe(422);
      expect(answer.body.detail).toContain("{$request.body.id}");
      expect(await invoices.post("/invoices/", { id, customer: "x", total: 1 })).toMatchObject({ status: 200 });
    },
  );

  it("accepts only JSON", async () => {
    const send = async (body: string, type?: string) => {
      const response = await fetch(`${invoices.url}/invoices/`, {
        method: "POST",
        body,
        ...(type !== undefined && { headers: { "content-type": type } }),
      });
      return [response.status, response.headers.get("content-type")];
    };
    const problem = "application/problem+json; charset=utf-8";
    expect(await send('{"id": ', "application/json")).toEqual([400, problem]);
    expect(await send("[]", "application/json")).toEqual([422, problem]);
    expect(await send('{"id":"a","customer":"x","total":1}')).toEqual([415, problem]);
    expect(await send(JSON.stringify({ id: "x".repeat(200_000) }), "application/json")).toEqual([413, problem]);
  });
});

describe("POST /invoices/{id}/payment/", () => {
  it("records a payment once", async () => {
    await invoices.post("/invoices/", { id: "due", customer: "x", total: 1 });
    expect((await invoices.get("/invoices/due/")).body.paid_at).toBeNull();
    expect(await invoices.post("/invoices/due/payment/")).toEqual({ status: 200, body: { msg: "Payment recorded" } });
    const { paid_at } = (await invoices.get("/invoices/due/")).body;
    expect(paid_at).toEqual(expect.any(String));
    expect(await invoices.post("/invoices/due/payment")).toMatchObject({ status: 409 });
    expect((await invoices.get("/invoices/due/")).body.paid_at).toBe(paid_at);
  });
});

describe("unknown paths", () => {
  it.each(["/invoices/none/", "/invoices/none/payment/", "/elsewhere"])("answers %s with 404", async (path) => {
    const answer = path.includes("payment") ? await invoices.post(path) : await invoices.get(path);
    expect(answer).toMatchObject({ status: 404, body: { type: "about:blank", title: "Not Found" } });
  });

  it("names the allowed method", async () => {
    const response = await fetch(`${invoices.url}/invoices/`);
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  });
});
