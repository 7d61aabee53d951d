import { z } from "zod";

import { type CallbackAddress, parseAddress } from "../address/address.ts";
import type { Dialect } from "../address/expression.ts";
import { describeIssues } from "./field-issues.ts";

/** The definition of a callback as its author writes it. */
export interface CallbackDefinition<Body extends z.core.$ZodType = z.core.$ZodType> {
  /** Its key in the `callbacks` of the operation. */
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  /** A template of runtime expressions, such as `{$request.body#/callback_url}`. */
  readonly address: string;
  /** The dialect of `address`; `openapi` when absent. */
  readonly dialect?: Dialect;
  /** `post` when absent. */
  readonly method?: "post" | "put" | "patch";
  /** `name` when absent. */
  readonly operationId?: string;
  readonly requestBody: Body;
  /** Example payloads for the document, by name. */
  readonly examples?: Readonly<Record<string, CallbackExample<NoInfer<Body>>>>;
  /** Headers that the sender sets; names are case-insensitive. */
  readonly headers?: z.ZodObject;
  /** The expected responses of a receiver, by status (`200`), class (`2XX`) or `default`. */
  readonly responses: Readonly<Record<string | number, ExpectedResponse>>;
}

export interface CallbackExample<Body extends z.core.$ZodType = z.core.$ZodType> {
  readonly summary?: string;
  readonly value: z.input<Body>;
}

export interface ExpectedResponse {
  readonly description: string;
  /** The JSON body; when absent, any body or none is accepted. */
  readonly body?: z.core.$ZodType;
}

/** A defined callback, shared by the document, the sender and the receiver. */
export interface Callback<Body extends z.core.$ZodType = z.core.$ZodType> extends Omit<
  CallbackDefinition<Body>,
  "address" | "dialect"
> {
  readonly address: CallbackAddress;
  readonly method: "post" | "put" | "patch";
  readonly operationId: string;
}

/** The payload of a callback as a receiver parses it. */
export type CallbackPayload<C extends Callback> = z.output<C["requestBody"]>;

/**
 * Declares a callback.
 *
 *     const paid = defineCallback({
 *       name: "invoice_notification",
 *       summary: "Invoice Notification",
 *       address: "{$request.query.callback_url}/invoices/{$request.body#/id}",
 *       requestBody: z.object({ description: z.string(), paid: z.boolean() }),
 *       responses: { 200: { description: "Received", body: z.object({ ok: z.boolean() }) } },
 *     });
 *
 * @throws TemplateSyntaxError for a malformed address; Error for an example that does not match the body, or for
 * responses that are none
 */
export function defineCallback<Body extends z.core.$ZodType>(definition: CallbackDefinition<Body>): Callback<Body> {
  const { address, dialect, ...rest } = definition;
  const callback = {
    method: "post",
    operationId: definition.name,
    ...rest,
    address: parseAddress(address, dialect),
  } as const;

  for (const [name, { value }] of Object.entries(definition.examples ?? {})) {
    const { error } = z.safeParse(definition.requestBody, value);
    if (error) throw new Error(`Example ${name} of callback ${definition.name}: ${describeIssues(error)}`);
  }
  const statuses = Object.keys(definition.responses);
  const unknown = statuses.find((status) => !/^([1-5](\d\d|XX)|default)$/.test(status));
  if (unknown !== undefined || statuses.length === 0)
    throw new Error(
      `Responses of callback ${definition.name}: expected 200, 2XX or default, found ${unknown ?? "none"}`,
    );
  return callback;
}
