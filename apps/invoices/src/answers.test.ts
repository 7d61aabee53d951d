import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, it } from "vitest";
import { startInvoices } from "./testing/invoices.ts";
import { answering, startReceiver } from "./testing/receiver.ts";

/** The part of an OpenAPI document that describes responses. */
interface Document {
  readonly components: object;
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Responses }>>>>;
}
/** Responses by status. */
type Responses = Readonly<Record<string, { readonly content: Readonly<Record<string, { readonly schema: object }>> }>>;

it("every documented response occurs, as documented", async () => {
  await using receiver = await startReceiver(answering(200, { ok: true }));
  await using invoices = await startInvoices();
  const document = (await (await fetch(`${invoices.url}/openapi.json`)).json()) as Document;
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const given = new Set<string>();

  async function check(method: string, path: string, id: string, invoice?: unknown): Promise<void> {
    const query = invoice === undefined ? "" : `?callback_url=${receiver.url}`;
    const response = await fetch(invoices.url + path.replace("{id}", id) + query, {
      method,
      ...(invoice !== undefined && {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(invoice),
      }),
    });
    const answer = `${method} ${path} ${response.status}`;
    const mediaType = response.headers.get("content-type")?.split(";")[0] ?? "";
    const documented = document.paths[path]?.[method.toLowerCase()]?.responses[response.status]?.content[mediaType];
    const schema = { ...(documented?.schema ?? { not: {} }), components: document.components };
    ajv.validate(schema, await response.json());
    expect({ answer, errors: ajv.errors }).toEqual({ answer, errors: null });
    given.add(answer);
  }

  const invoice = { id: "a", customer: "Mr. Richie Rich", total: "9999" };
  await check("GET", "/invoices/{id}/", "a");
  await check("POST", "/invoices/{id}/payment/", "a");
  await check("POST", "/invoices/", "", { ...invoice, total: "a lot" });
  await check("POST", "/invoices/", "", { ...invoice, id: ".." });
  await check("POST", "/invoices/", "", invoice);
  await check("POST", "/invoices/", "", invoice);
  await check("GET", "/invoices/{id}/", "a");
  await check("POST", "/invoices/{id}/payment/", "a");
  await check("POST", "/invoices/{id}/payment/", "a");
  await invoices.logged("invoice a: callback");
  await check("GET", "/invoices/{id}/", "a");

  const all = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { responses }]) =>
      Object.keys(responses).map((status) => `${method.toUpperCase()} ${path} ${status}`),
    ),
  );
  expect([...given].toSorted()).toEqual(all.toSorted());
});
