import { fileURLToPath } from "node:url";
import type { Logger } from "drizzle-orm";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import type postgres from "postgres";
import type { Db } from "./database.ts";

/** Statements and transactions that are under way or wait for a connection: the driver does not tell. */
export interface UseCounter {
  underWay: number;
}

/** Queries over a pool of connections. What it is given to send is prepared, and counted while it is under way. */
export function toDb(client: postgres.Sql, counter: UseCounter, logger: Logger | false): Db {
  return drizzle(counting(preparing(client), counter), { logger }) as unknown as Db;
}

/** Brings the schema up to date. */
export async function migrateSchema(client: postgres.Sql): Promise<void> {
  await migrate(drizzle(client), { migrationsFolder });
}

const migrationsFolder = fileURLToPath(new URL("../../migrations", import.meta.url));

/**
 * Drizzle has raw statements parsed and planned anew each time, which takes longer than running most of them, and a round
 * trip of its own. Statements here are few and their texts stay the same: they are prepared once for each connection.
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

/** Counts what is under way. What runs inside of a transaction is not counted again. */
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
