import { createClient, type Inputs, type Outputs, type Procedures } from "@strategy-executor/client";
import { basePath } from "./base-path.ts";

/** The service that this page came from. The session's cookie goes with each call by itself. */
export const client = createClient({ url: location.origin + basePath });

export type { Inputs, Outputs } from "@strategy-executor/client";

type Name = keyof Procedures & keyof Inputs & keyof Outputs;

/** The names of the operations that read. */
export type QueryName = {
  [Each in Name]: Procedures[Each] extends { readonly query: unknown } ? Each : never;
}[Name];

/** The names of the operations that change something. */
export type MutationName = {
  [Each in Name]: Procedures[Each] extends { readonly mutate: unknown } ? Each : never;
}[Name];

/** Reads by the name of an operation. */
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

/** Changes something by the name of an operation. */
export function write<Each extends MutationName>(name: Each, input: Inputs[Each]): Promise<Outputs[Each]> {
  const procedure = client.procedures[name] as unknown as { mutate(input: unknown): Promise<Outputs[Each]> };
  return procedure.mutate(input);
}
