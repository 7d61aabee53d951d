import { createClient, type Inputs, type Outputs, type Procedures } from "@strategy-executor/client";
import { basePath } from "./base-path.ts";

/**
 * The client for the service that served this page. The browser adds the session cookie to each call. The page itself says when the service
 * is away and asks again.
 */
export const client = createClient({ url: location.origin + basePath, retries: 0 });

export type { Inputs, Outputs } from "@strategy-executor/client";

type Name = keyof Procedures & keyof Inputs & keyof Outputs;

/** Names of the read operations. */
export type QueryName = {
  [Each in Name]: Procedures[Each] extends { readonly query: unknown } ? Each : never;
}[Name];

/** Names of the write operations. */
export type MutationName = {
  [Each in Name]: Procedures[Each] extends { readonly mutate: unknown } ? Each : never;
}[Name];

/** Calls a read operation by its name. */
export function read<Each extends QueryName>(
  name: Each,
  input: Inputs[Each],
  signal?: AbortSignal,
): Promise<Outputs[Each]> {
  const procedure = client.procedures[name] as unknown as {
    query(input: unknown, options: { signal?: AbortSignal }): Promise<Outputs[Each]>;
  };
  return procedure.query(input, signal === undefined ? {} : { signal });
}

/** Calls a write operation by its name. */
export function write<Each extends MutationName>(name: Each, input: Inputs[Each]): Promise<Outputs[Each]> {
  const procedure = client.procedures[name] as unknown as { mutate(input: unknown): Promise<Outputs[Each]> };
  return procedure.mutate(input);
}
