import { InvalidArgumentError } from "commander";
import { toUrl } from "../input/arguments.ts";
import { findContext, readContexts } from "./contexts.ts";
import { UsageError } from "./failure.ts";

export const defaultUrl = "http://localhost:8000";

/** The service that a command calls. */
export interface Target {
  readonly url: string;
  readonly apiKey: string | undefined;
  /** Whether the user chose it; otherwise it is the default address of a server. */
  readonly chosen: boolean;
}

/**
 * Finds the service: the options, then the environment, then the context in use, then the default address. A stored key goes
 * only to the address it was stored with.
 * @throws UsageError for a bad address or an unknown context
 */
export async function findTarget(
  options: { readonly url?: string; readonly context?: string },
  environment: NodeJS.ProcessEnv,
): Promise<Target> {
  const given = environment["STRATEGY_EXECUTOR_API_KEY"];
  const keyOfEnvironment = given === "" ? undefined : given;
  const stored = await readContexts(environment);
  const name = options.context ?? stored.current;
  // A missing context does not matter when an address is given.
  const context =
    name === null || (options.context === undefined && !Object.hasOwn(stored.contexts, name))
      ? null
      : findContext(stored, name);
  const address = options.url ?? (options.context === undefined ? urlOf(environment) : undefined);
  const url = address ?? context?.url ?? defaultUrl;
  const storedKey = Object.values(context === null ? stored.contexts : { context }).find(
    (one) => one.url === url,
  )?.api_key;
  return { url, apiKey: keyOfEnvironment ?? storedKey, chosen: address !== undefined || context !== null };
}

function urlOf({ STRATEGY_EXECUTOR_URL: given }: NodeJS.ProcessEnv): string | undefined {
  if (given === undefined || given === "") return undefined;
  try {
    return toUrl(given);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new UsageError(`STRATEGY_EXECUTOR_URL=${given}: ${error.message}`);
  }
}
