import type { Logger } from "drizzle-orm";
import { drizzle } from "drizzle-orm/postgres-js";
import type postgres from "postgres";
import type { Db } from "./database.ts";

/** Statements and transactions that run or wait for a connection, oldest first. The driver does not expose them. */
export type Calls = Set<Call>;

interface Call {
  /** By `performance.now()`. */
  readonly since: number;
}

/** Runs `ask` as one of the calls. */
export async function asCall<T>(calls: Calls, ask: () => PromiseLike<T>): Promise<T> {
  const call: Call = { since: performance.now() };
  calls.add(call);
  try {
    return await ask();
  } finally {
    calls.delete(call);
  }
}

/** Wraps a connection pool for queries. Statements are prepared, and stand in `calls` while they run. */
export function toDb(client: postgres.Sql, calls: Calls, logger: Logger | false, onError?: OnError): Db {
  return drizzle(tracking(preparing(client), calls, onError), { logger }) as unknown as Db;
}

type OnError = (error: unknown) => void;

/**
 * Prepares raw statements once per connection. Drizzle would have them parsed and planned every time, which costs a round trip
 * and more time than running most of them; the service has few statements, and their texts do not change.
 */
function preparing<Client extends postgres.ISql>(client: Client): Client {
  const begin = (method: "begin" | "savepoint") => {
    return (run: (sql: postgres.ISql) => unknown) =>
      (client as unknown as Record<typeof method, (run: (sql: postgres.ISql) => unknown) => unknown>)[method]((inner) =>
        run(preparing(inner)),
      );
  };
  return new Proxy(client, {
    get(target, property) {
      if (property === "unsafe") {
        return (text: string, values?: postgres.ParameterOrJSON<never>[]) =>
          target.unsafe(text, values, { prepare: true });
      }
      if (property === "begin" || property === "savepoint") return begin(property);
      return Reflect.get(target, property, target);
    },
  });
}

/** Tracks running statements and transactions. A transaction is one call, with everything inside it. */
function tracking<Client extends postgres.ISql>(client: Client, calls: Calls, onError?: OnError): Client {
  const track = <T extends PromiseLike<unknown>>(promise: T): T => {
    const call: Call = { since: performance.now() };
    calls.add(call);
    promise.then(
      () => calls.delete(call),
      (error: unknown) => {
        calls.delete(call);
        onError?.(error);
      },
    );
    return promise;
  };
  return new Proxy(client, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (property !== "unsafe" && property !== "begin") return value;
      return (...args: unknown[]) => track((value as (...args: unknown[]) => PromiseLike<unknown>)(...args));
    },
  });
}
