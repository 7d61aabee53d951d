import type { ReactNode } from "react";
import { CsvButton } from "./csv-button.tsx";
import styles from "./data-table.module.css";

export interface Column<Row> {
  readonly head: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  /** The value for a CSV file. Columns without it are left out of the file. */
  readonly csv?: (row: Row) => string | number | boolean | null | undefined;
  /** The column's name in the file, if its head is not text. */
  readonly name?: string;
  /** Aligned to the right. */
  readonly number?: boolean;
  /** Hidden on narrow screens. */
  readonly wide?: boolean;
}

/** A captioned table, sorted by the server, that can be saved as CSV. */
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
  /** The name of the CSV file. Without it the table cannot be saved. */
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
