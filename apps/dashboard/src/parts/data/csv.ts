type Cell = string | number | boolean | null | undefined;

/** Writes a table as CSV (RFC 4180). Text that a spreadsheet would read as a formula gets an apostrophe; numbers stay numbers. */
export function toCsv(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [head, ...rows].map((cells) => `${cells.map(toField).join(",")}\r\n`).join("");
}

/** Writes a table as lines of cells with tabs between them, which spreadsheets take as a table when it is pasted. */
export function toTabs(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [head, ...rows]
    .map((cells) => cells.map((cell) => toText(cell).replaceAll(/\s+/g, " ")).join("\t"))
    .join("\n");
}

function toField(cell: Cell): string {
  const text = toText(cell);
  return typeof cell === "string" && /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function toText(cell: Cell): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell !== "string") return String(cell);
  return /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
}

/** Downloads a file. */
export function download(name: string, text: string, type = "text/csv"): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
