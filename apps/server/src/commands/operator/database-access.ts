import { connectDatabase, type Database, DataDirInUseError, dataDirHolder } from "@strategy-executor/db";
import { Agent } from "undici";
import { z } from "zod";

export interface DatabaseLocation {
  /** PostgreSQL; absent means the embedded database. */
  readonly databaseUrl?: string | undefined;
  readonly dataDir: string;
}

/** A server that holds the embedded database, reached over the socket in its directory. */
export interface DatabaseServer extends AsyncDisposable {
  /** The address of its public HTTP server. */
  readonly address: string;
  /** Sends a request. @throws Error with a one-line reason */
  ask<T>(path: string, answer: z.ZodType<T>, request?: RequestInit): Promise<T>;
}

/**
 * Gives a command-line tool access to the database: directly to PostgreSQL, and to the embedded database either
 * directly or through the server that holds it.
 * @throws DataDirInUseError when a process without a server holds it
 */
export async function accessDatabase({ databaseUrl, dataDir }: DatabaseLocation): Promise<Database | DatabaseServer> {
  const holder = databaseUrl === undefined ? await dataDirHolder(dataDir) : null;
  if (holder === null) return connectDatabase({ databaseUrl, dataDir, poolSize: 2 });
  if (holder.address === null) throw new DataDirInUseError(dataDir, holder);
  return through(holder.socket, holder.address);
}

export function isDatabaseServer(reached: Database | DatabaseServer): reached is DatabaseServer {
  return "ask" in reached;
}

const Problem = z.object({ detail: z.string() });

function through(socketPath: string, address: string): DatabaseServer {
  const agent = new Agent({ connect: { socketPath } });
  const dispatcher = agent as unknown as NonNullable<RequestInit["dispatcher"]>;
  return {
    address,
    async ask(path, answer, request = {}) {
      const response = await fetch(new URL(path, "http://holder"), { ...request, dispatcher }).catch(
        (error: unknown) => {
          throw new Error(`The server at ${address} does not answer`, { cause: error });
        },
      );
      const body: unknown = await response.json().catch(() => null);
      if (response.ok) return answer.parse(body);
      throw new Error(
        Problem.safeParse(body).data?.detail ?? `The server at ${address} answered with ${response.status}`,
      );
    },
    [Symbol.asyncDispose]: () => agent.close(),
  };
}
