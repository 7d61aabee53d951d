import type { ReactNode } from "react";
import { CsvButton } from "./csv-button.tsx";
import styles from "./data-table.module.css";

export interface Column<Row> {
  readonly head: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  /** The same for a file; columns without are left out of it. */
  readonly csv?: (row: Row) => string | number | boolean | null | undefined;
  /** Its name in a file, where the head is no text. */
  readonly name?: string;
  /** Numbers are on the right. */
  readonly number?: boolean;
  /** Left out on narrow screens. */
  readonly wide?: boolean;
}

/** A table with a name, sorted by the server, to be saved as CSV. */
export function DataTable<Row>({
  name,
  columns,
  rows,
  keyOf,
  csv,
  footer,
}: {
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row, index: number) => string | number;
  /** Name of the file; without it the table is not offered as one. */
  readonly csv?: string | undefined;
  readonly footer?: ReactNode;
}) {
  const kept = columns.filter((column) => column.csv !== undefined);
  return (
    <div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <div className={styles.scroll} tabIndex={0} role="group" aria-label={name}>
        <table aria-label={name} className={styles.table}>
          <thead>
            <tr>
              {columns.map((column, index) => (
                <th key={index} scope="col" className={classOf(column)}>
                  {column.head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={keyOf(row, index)}>
                {columns.map((column, at) => (
                  <td key={at} className={classOf(column)}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {(csv !== undefined || footer !== undefined) && (
        <div className={styles.foot}>
          <div className="row">{footer}</div>
          {csv !== undefined && (
            <CsvButton
              name={csv}
              head={kept.map(({ head, name: own }) => own ?? String(head))}
              rows={() => rows.map((row) => kept.map((column) => column.csv!(row)))}
            />
          )}
        </div>
      )}
    </div>
  );
}

function classOf({ number, wide }: Column<never>): string | undefined {
  return [number === true && styles.number, wide === true && styles.wide].filter(Boolean).join(" ") || undefined;
}
