import { useFormats } from "../../formats/formats.ts";
import { CopyButton } from "../../parts/controls/copy-button.tsx";
import { toTabs } from "../../parts/data/csv.ts";
import { type Column, DataTable } from "../../parts/data/data-table.tsx";
import { useTexts } from "../../texts/texts.ts";
import type { Holding } from "./holdings-of.ts";
import styles from "./today.module.css";

interface HoldingsProps {
  readonly rows: readonly Holding[];
  readonly capital: number;
  readonly closes: ReadonlyMap<string, number>;
}

/** Weights as bars beside the previous ones. With a capital, also amounts and numbers of shares. */
export function Holdings({ name, ...shown }: HoldingsProps & { readonly name: string }) {
  const { execution } = useTexts();
  const columns = useColumns(shown);
  const { rows } = shown;
  if (rows.length === 0) return <p>{execution.result.nothing}</p>;
  return <DataTable name={name} rows={rows} keyOf={({ asset }) => asset} columns={columns} csv={name} />;
}

/** Copies the same table, for a spreadsheet. */
export function CopyHoldings(shown: HoldingsProps) {
  const { today: texts } = useTexts();
  const columns = useColumns(shown);
  const text = (): string =>
    toTabs(
      columns.map(({ head }) => String(head)),
      shown.rows.map((row) => columns.map(({ csv }) => csv?.(row))),
    );
  return <CopyButton label={texts.copyTable} text={text} />;
}

function useColumns({ capital, closes }: HoldingsProps): readonly Column<Holding>[] {
  const { today: texts } = useTexts();
  const { percent, gain, money, ratio } = useFormats();
  const sharesOf = ({ asset, weight }: Holding): number | null => {
    const close = closes.get(asset);
    return close === undefined ? null : (weight * capital) / close;
  };
  const columns: Column<Holding>[] = [
    { head: texts.asset, cell: ({ asset }) => asset, csv: ({ asset }) => asset },
    {
      head: texts.weight,
      cell: ({ weight }) => (
        <span className="number">
          <span className={styles.bar} style={{ width: `${Math.min(Math.abs(weight), 1) * 120}px` }} />
          {percent(weight)}
        </span>
      ),
      csv: ({ weight }) => weight,
    },
    {
      head: texts.before,
      cell: ({ before }) => percent(before),
      csv: ({ before }) => before,
      number: true,
      wide: true,
    },
    {
      head: texts.change,
      cell: ({ weight, before }) => (before === null ? "–" : gain(weight - before)),
      csv: ({ weight, before }) => (before === null ? null : weight - before),
      number: true,
    },
  ];
  if (capital > 0) {
    columns.push(
      {
        head: texts.amount,
        cell: ({ weight }) => money(weight * capital),
        csv: ({ weight }) => weight * capital,
        number: true,
      },
      { head: texts.shares, cell: (row) => ratio(sharesOf(row)), csv: sharesOf, number: true },
    );
  }
  return columns;
}
