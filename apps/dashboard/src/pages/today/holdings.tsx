import { useFormats } from "../../formats/formats.ts";
import { type Column, DataTable } from "../../parts/data/data-table.tsx";
import { useTexts } from "../../texts/texts.ts";
import type { Holding } from "./holdings-of.ts";
import styles from "./today.module.css";

/** Weights as bars beside the previous ones. With a capital, also amounts and numbers of shares. */
export function Holdings({
  name,
  rows,
  capital,
  closes,
}: {
  readonly name: string;
  readonly rows: readonly Holding[];
  readonly capital: number;
  readonly closes: ReadonlyMap<string, number>;
}) {
  const { today: texts, execution } = useTexts();
  const { percent, gain, money, ratio } = useFormats();
  if (rows.length === 0) return <p>{execution.result.nothing}</p>;
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
  return <DataTable name={name} rows={rows} keyOf={({ asset }) => asset} columns={columns} csv={name} />;
}
