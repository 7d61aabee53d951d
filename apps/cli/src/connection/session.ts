import { type Client, createClient } from "@strategy-executor/client";
import type { Terminal } from "../terminal/terminal.ts";
import { notReached, RefusedError } from "./failure.ts";
import { defaultUrl, findTarget, type Target } from "./target.ts";

/** A running command: its terminal, and a client of the service when it needs one. */
export interface Session {
  readonly terminal: Terminal;
  /** The service that the options and the environment name. */
  target(): Promise<Target>;
  connect(): Promise<Connection>;
  /** A client of another service. */
  connectTo(target: Target): Connection;
  /** The address of the latest connection, for error messages. */
  address(): string;
}

export interface Connection extends Target {
  readonly client: Client;
  /** Aborts a call when the user stops the command, or after a minute without an answer. */
  call(): { readonly signal: AbortSignal };
  /**
   * Asks for a path of the REST API. @throws NotReachedError; RefusedError with the detail of the problem
   */
  ask(path: string, request?: RequestInit): Promise<Response>;
}

const answerWithinMs = 60_000;

/** @param options those of the root command, read when they are needed: commands are made before they are parsed */
export function createSession(
  terminal: Terminal,
  options: () => { readonly url?: string; readonly context?: string },
): Session {
  const target = () => findTarget(options(), terminal.environment);
  let address = defaultUrl;
  const connectTo = ({ url, apiKey, chosen }: Target): Connection => {
    address = url;
    return {
      url,
      apiKey,
      chosen,
      // A user at a terminal would rather know at once.
      client: createClient({ url, retries: 0, ...(apiKey !== undefined && { apiKey }) }),
      call: () => ({ signal: AbortSignal.any([terminal.signal, AbortSignal.timeout(answerWithinMs)]) }),
      ask: (path, request) => ask({ url, apiKey }, path, { signal: terminal.signal, ...request }),
    };
  };
  return { terminal, target, connect: async () => connectTo(await target()), connectTo, address: () => address };
}

async function ask(
  { url, apiKey }: Pick<Target, "url" | "apiKey">,
  path: string,
  request: RequestInit,
): Promise<Response> {
  const headers = new Headers(request.headers);
  if (apiKey !== undefined) headers.set("Authorization", `Bearer ${apiKey}`);
  const response = await fetch(`${url}${path}`, { ...request, headers, redirect: "manual" }).catch((error: unknown) => {
    request.signal?.throwIfAborted();
    throw notReached(url, error);
  });
  if (response.ok) return response;
  const problem = (await response.json().catch(() => null)) as { detail?: unknown } | null;
  const detail = typeof problem?.detail === "string" ? problem.detail : `${url}${path} answered ${response.status}`;
  throw new RefusedError(response.status, detail);
}
