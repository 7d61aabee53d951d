import { connectEmbedded } from "../embedded/connect-embedded.ts";
import { connectPostgres } from "./connect-postgres.ts";
import type { ConnectOptions, Database } from "./database.ts";

/** Opens the database and brings its schema up to date. @throws DataDirInUseError, NewerSchemaError, SchemaInUseError, or the driver's error. */
export function connectDatabase(options: ConnectOptions): Promise<Database> {
  const { onStatement } = options;
  const logger = onStatement !== undefined && { logQuery: onStatement };
  return options.databaseUrl === undefined
    ? connectEmbedded(options, logger)
    : connectPostgres({ ...options, databaseUrl: options.databaseUrl }, logger);
}
