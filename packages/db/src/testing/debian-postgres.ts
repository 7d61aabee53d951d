import { existsSync } from "node:fs";

const folder = "/usr/lib/postgresql/15/bin";

/**
 * Folder of the programs of Debian's PostgreSQL 15, the oldest version that is supported; null where it is not installed. With
 * `REQUIRE_DEBIAN_POSTGRES=1` it must be.
 */
export function debianPostgres(): string | null {
  if (existsSync(`${folder}/pg_restore`)) return folder;
  if (process.env["REQUIRE_DEBIAN_POSTGRES"] === "1") throw new Error(`PostgreSQL 15 is not installed in ${folder}`);
  return null;
}
