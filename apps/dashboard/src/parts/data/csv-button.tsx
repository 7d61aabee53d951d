import { useTexts } from "../../texts/texts.ts";
import { Button } from "../controls/button.tsx";
import { download, toCsv } from "./csv.ts";

type Rows = readonly (readonly (string | number | boolean | null | undefined)[])[];

/** Saves a table or a curve as CSV. */
export function CsvButton({
  name,
  head,
  rows,
}: {
  /** The name of the file without its extension. */
  readonly name: string;
  readonly head: readonly string[];
  readonly rows: () => Rows;
}) {
  const { words } = useTexts().shared;
  return (
    <Button
      kind="quiet"
      aria-label={`CSV: ${name}`}
      title={words.saveCsv}
      onClick={() => download(`${name}.csv`, toCsv(head, rows()))}
    >
      CSV
    </Button>
  );
}
