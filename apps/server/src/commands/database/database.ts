import { existsSync } from "node:fs";
import { join } from "node:path";
import { moveDatabase } from "@strategy-executor/core";
import { type CopiedTable, MoveError } from "@strategy-executor/db";
import type { Command } from "commander";
import { readConfig } from "../../config.ts";
import { type Terminal, writeLine } from "../operator/terminal.ts";
import { toTable } from "../operator/text-table.ts";

/** `npm run database`: moves the embedded database into PostgreSQL. */
export function database(command: Command, terminal: Terminal): void {
  command.name("database").description("Moves the embedded database into PostgreSQL.");

  command
    .command("move")
    .description(
      "Copies the embedded database with everything in it into an empty PostgreSQL. Repeat it when it was interrupted.",
    )
    .requiredOption("--to <url>", "postgres://USER:PASSWORD@HOST:PORT/DATABASE")
    .action(({ to }: { readonly to: string }) => move(to, terminal));
}

async function move(to: string, { environment, output, errors }: Terminal): Promise<void> {
  const config = readConfig(environment);
  if (config.databaseUrl !== undefined) {
    throw new MoveError(
      "DATABASE_URL is set, so this database is a PostgreSQL: only an embedded one can be moved, into PostgreSQL",
    );
  }
  if (!/^postgres(ql)?:\/\//.test(to)) {
    throw new MoveError(
      `--to ${to} is not a postgres:// address: an embedded database can be moved into PostgreSQL only`,
    );
  }
  const { dataDir } = config;
  if (!existsSync(join(dataDir, "pglite"))) throw new MoveError(`There is no embedded database in DATA_DIR=${dataDir}`);
  let current = "";
  const onProgress = ({ table }: CopiedTable) => {
    if (table !== current) writeLine(errors, `copying ${table}`);
    current = table;
  };
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const { tables, jobs } = await moveDatabase({ dataDir, databaseUrl: to, log: silent, onProgress });
  writeLine(output, toTable(tables.map(({ table, rows }) => [table, String(rows)])));
  writeLine(errors, `Moved: number and contents of all rows are equal. ${jobs} jobs are taken over.`);
  writeLine(
    errors,
    "The embedded database stays as it is. Do not start it again: what was open in it would run twice.",
  );
  if (tables.some(({ table, rows }) => table === "signing_secrets" && rows > 0)) {
    writeLine(errors, `Start with SECRETS_KEY="$(cat ${join(dataDir, "secrets.key")})": it opens the signing secrets.`);
  }
}
