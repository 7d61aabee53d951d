import type { ErrorCode, FieldError } from "@strategy-executor/core";
import type { z } from "zod";

/** A way to reach the operations, as tests see it. */
export interface Transport {
  readonly name: string;
  /** What it offers, read from what its clients get to see; operations under their names. */
  offers(): readonly OfferedOperation[];
  /** What it offers that is no operation. */
  readonly besides: readonly string[];
  /** Calls an operation of the server at the address, both ways in names of the wire. @throws Refusal */
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
  /** Names of its input fields on the wire, sorted; those that may be left out end in `?`. */
  readonly fields: readonly string[];
}

/** An operation was refused. */
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

/** The header that shows a key, if there is one. */
export function withKey(apiKey: string | undefined): { readonly authorization?: string } {
  return apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
}

/** Names of fields as `OfferedOperation` has them. */
export function toFields(fields: Iterable<{ readonly name: string; readonly required: boolean }>): readonly string[] {
  return [...fields].map(({ name, required }) => (required ? name : `${name}?`)).toSorted();
}

/** The same of what a zod object takes. */
export function fieldsOf({ shape }: z.ZodObject): readonly string[] {
  return toFields(
    Object.entries(shape).map(([name, field]) => ({ name, required: !field.safeParse(undefined).success })),
  );
}
