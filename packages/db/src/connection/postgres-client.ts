import { fileURLToPath } from "node:url";
import type { Logger } from "drizzle-orm";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import type postgres from "postgres";
import type { Db } from "./database.ts";

/** Number of statements and transactions that run or wait for a connection. The driver does not expose it. */
export interface UseCounter {
  underWay: number;
}

/** Wraps a connection pool for queries. Statements are prepared, and counted in `counter` while they run. */
export function toDb(client: postgres.Sql, counter: UseCounter, logger: Logger | false): Db {
  return drizzle(counting(preparing(client), counter), { logger }) as unknown as Db;
}

/** Brings the schema up to date. */
export async function migrateSchema(client: postgres.Sql): Promise<void> {
  await migrate(drizzle(client), { migrationsFolder });
}

const migrationsFolder = fileURLToPath(new URL("../../migrations", import.meta.url));

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

/** Counts running statements and transactions. A transaction counts once, with everything inside it. */
function counting<Client extends postgres.ISql>(client: Client, counter: UseCounter): Client {
  const count = <T extends PromiseLike<unknown>>(promise: T): T => {
    counter.underWay += 1;
    const end = () => void (counter.underWay -= 1);
    promise.then(end, end);
    return promise;
  };
  return new Proxy(client, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (property !== "unsafe" && property !== "begin") return value;
      return (...args: unknown[]) => count((value as (...args: unknown[]) => PromiseLike<unknown>)(...args));
    },
  });
}
