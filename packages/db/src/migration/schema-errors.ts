/** The schema is newer than this process, which could damage data that it does not know. */
export class NewerSchemaError extends Error {
  override readonly name = "NewerSchemaError";

  constructor(found: number, known: number) {
    super(`The database is of a newer version (migration ${found}, this one knows ${known})`);
  }
}

/** The schema must change, and processes of an older version still use it. */
export class SchemaInUseError extends Error {
  override readonly name = "SchemaInUseError";

  constructor(wanted: number, found: number, holders: readonly string[]) {
    const change = found === wanted ? "be used alone" : `be brought from migration ${found} to ${wanted}`;
    super(`The database must ${change}, but other processes use it: ${holders.join("; ")}. End them first`);
  }
}
