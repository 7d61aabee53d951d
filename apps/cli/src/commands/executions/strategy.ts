import type { Outputs } from "@strategy-executor/client";
import { TRPCClientError } from "@trpc/client";
import { RefusedError } from "../../connection/failure.ts";
import type { Connection } from "../../connection/session.ts";
import type { ParametersSchema } from "../../input/parameters.ts";
import { didYouMean } from "../../input/suggest.ts";

/** The strategy of the catalogue. @throws RefusedError that suggests another name when there is none of this one */
export async function findStrategy({ client, call }: Connection, name: string): Promise<Outputs["getStrategy"]> {
  try {
    return await client.strategies.get(name, call());
  } catch (error) {
    if (!(error instanceof TRPCClientError) || error.data?.httpStatus !== 404) throw error;
    const known = await client.strategies.list(call());
    throw new RefusedError(
      404,
      `${error.message}${didYouMean(
        name,
        known.map((strategy) => strategy.name),
      )}`,
    );
  }
}

/** The parameters of the strategy. */
export function schemaOf({ parameters }: Outputs["getStrategy"]): ParametersSchema {
  return parameters as ParametersSchema;
}
