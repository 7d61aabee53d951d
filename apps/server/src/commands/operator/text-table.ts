/** Formats rows as lines with aligned columns. */
export function toTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_cell, column) => Math.max(...rows.map((row) => row[column]!.length))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Formats an instant to the minute, in UTC. */
export function toMinute(instant: Date): string {
  return instant.toISOString().slice(0, 16).replace("T", " ");
}
