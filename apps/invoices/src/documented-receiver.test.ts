import { json } from "node:stream/consumers";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, it } from "vitest";
import { startInvoices } from "./testing/invoices.ts";
import { startReceiver } from "./testing/receiver.ts";

/** The part of an OpenAPI document that a receiver is built from. */
interface Document {
  readonly paths: { readonly "/invoices/": { readonly post: { readonly callbacks: Callbacks } } };
}
/** Callbacks by name, expression and method. */
type Callbacks = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Operation>>>>>>;
interface Operation {
  readonly requestBody: { readonly content: Content };
  readonly responses: { readonly "200": { readonly content: Content } };
}
interface Content {
  readonly "application/json": { readonly schema: { readonly $ref: string } };
}

it.each(["2expen51ve", "2026/11 #7"])("a receiver built from the document alone receives %s", async (id) => {
  await using invoices = await startInvoices();
  const document = (await (await fetch(`${invoices.url}/openapi.json`)).json()) as Document;
  const [, addresses] = only(document.paths["/invoices/"].post.callbacks);
  const [expression, methods] = only(addresses);
  const [method, { requestBody, responses }] = only(methods);
  const isValid = validator(document);

  const received = Promise.withResolvers<unknown>();
  let address = "not known yet";
  await using receiver = await startReceiver(async (request, response) => {
    const to = `http://${request.headers.host}${request.url}`;
    const body = await json(request);
    received.resolve({ method: request.method, to, body, valid: isValid(requestBody.content, body) });
    const answer = { ok: true };
    const documented = to === address && isValid(responses["200"].content, answer);
    response.writeHead(documented ? 200 : 404, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  const query = { callback_url: `${receiver.url}/events` };
  const invoice = { id, customer: "Mr. Richie Rich", total: "9999" };
  address = evaluate(expression, query, invoice);

  await invoices.post(`/invoices/?${String(new URLSearchParams(query))}`, invoice);
  await invoices.post(`/invoices/${encodeURIComponent(id)}/payment/`);
  const body = { description: "Payment celebration", paid: true };
  expect(await received.promise).toEqual({ method: method.toUpperCase(), to: address, body, valid: true });
  await invoices.logged(`invoice ${id}: callback`);
  const { callback } = (await invoices.get(`/invoices/${encodeURIComponent(id)}/`)).body;
  expect(callback).toMatchObject({ sent: true, mismatch: null });
});

/** Evaluates the tutorial's expressions: a query parameter and a field of the body. */
function evaluate(template: string, query: Record<string, string>, body: Record<string, string>): string {
  return template.replaceAll(/\{\$([^{}]+)\}/g, (_, name: string) => {
    const field = /^request\.body\.(\w+)$/.exec(name)?.[1];
    return field === undefined ? String(query[name]) : encodeURIComponent(String(body[field]));
  });
}

/** Creates a function that validates a JSON body against the document. */
function validator(document: Document) {
  const ajv = new Ajv2020({ strict: false, validateFormats: false }).addSchema(document, "document");
  return (content: Content, body: unknown) =>
    ajv.validate({ $ref: `document${content["application/json"].schema.$ref}` }, body);
}

function only<T>(record: Readonly<Record<string, T>>): [key: string, value: T] {
  const [entry, ...more] = Object.entries(record);
  if (entry === undefined || more.length > 0) throw new Error(`Expected one entry: ${JSON.stringify(record)}`);
  return entry;
}
