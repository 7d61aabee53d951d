/** The embedded database cannot be used. The message is one line for the operator: what, where, and what to do. */
export class EmbeddedDatabaseError extends Error {
  override readonly name = "EmbeddedDatabaseError";
}

/** The error for a database that PGlite or PostgreSQL cannot read; others are returned as they are. */
export function asDamaged(dataDir: string | undefined, error: unknown): unknown {
  if (dataDir === undefined || !isOfFiles(error)) return error;
  return new EmbeddedDatabaseError(
    `The embedded database in ${dataDir} cannot be opened: ${firstLine(error)}. If its files are damaged, stop all servers, ` +
      "replace the folder by a backup of it, or move it away to begin with an empty database",
    { cause: error },
  );
}

/** Classes of PostgreSQL's errors: XX for internal errors and damage, 58 for files that are missing or unreadable. */
function isOfFiles(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return typeof code !== "string" || /^(?:XX|58)/.test(code);
}

function firstLine({ message }: Error): string {
  // What WebAssembly says when PostgreSQL ends itself.
  if (message.startsWith("Aborted(")) return "PGlite gives up on reading its files";
  return message.split("\n", 1)[0]!.replace(/\.$/, "");
}
