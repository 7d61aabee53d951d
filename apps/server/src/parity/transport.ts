import type { ErrorCode, FieldError } from "@strategy-executor/core";
import type { z } from "zod";

/** A transport, as tests use it. */
export interface Transport {
  readonly name: string;
  /** The operations it offers, by name, read from what its clients can see. */
  offers(): readonly OfferedOperation[];
  /** What the transport offers besides operations. */
  readonly besides: readonly string[];
  /** Calls an operation of the server at the address; input and output use wire names. @throws Refusal */
  call(
    address: string,
    operation: string,
    input: Readonly<Record<string, unknown>>,
    apiKey?: string | undefined,
  ): Promise<unknown>;
}

export interface OfferedOperation {
  readonly name: string;
  readonly kind: "query" | "mutation";
  /** Wire names of its input fields, sorted; optional ones end in `?`. */
  readonly fields: readonly string[];
}

/** A refused operation. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: ErrorCode;
  readonly fields: readonly FieldError[];

  constructor(code: ErrorCode, message: string, fields: readonly FieldError[]) {
    super(message);
    this.code = code;
    this.fields = fields;
  }
}

/** The header that sends the key, if there is one. */
export function withKey(apiKey: string | undefined): { readonly authorization?: string } {
  return apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
}

/** Field names in the form of `OfferedOperation`. */
export function toFields(fields: Iterable<{ readonly name: string; readonly required: boolean }>): readonly string[] {
  return [...fields].map(({ name, required }) => (required ? name : `${name}?`)).toSorted();
}

/** The same for the input of a zod object. */
export function fieldsOf({ shape }: z.ZodObject): readonly string[] {
  return toFields(
    Object.entries(shape).map(([name, field]) => ({ name, required: !field.safeParse(undefined).success })),
  );
}
