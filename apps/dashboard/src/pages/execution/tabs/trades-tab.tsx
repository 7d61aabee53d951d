import type { Execution } from "@strategy-executor/client";
import { useFormats } from "../../../formats/formats.ts";
import { DataTable } from "../../../parts/data/data-table.tsx";
import { Empty } from "../../../parts/feedback/notice.tsx";
import { Section } from "../../../parts/layout/page.tsx";
import { useTexts } from "../../../texts/texts.ts";

interface Trade {
  readonly entry: string;
  readonly entry_price: number;
  readonly quantity: number;
  readonly exit: string | null;
  readonly exit_price: number | null;
  readonly return: number | null;
}

/** Every trade of a strategy on one ticker, the latest first. */
export function TradesTab({ execution }: { readonly execution: Execution }) {
  const { trades: texts } = useTexts().execution;
  const { tabs } = useTexts().execution;
  const formats = useFormats();
  const trades = ((execution.result?.trades ?? []) as readonly Trade[]).toReversed();
  if (trades.length === 0) return <Empty title={texts.none} />;
  return (
    <Section title={tabs.trades}>
      <DataTable
        name={tabs.trades}
        rows={trades}
        keyOf={({ entry }, index) => `${entry} ${index}`}
        csv={`trades-${execution.execution_id}`}
        columns={[
          { head: texts.bought, cell: ({ entry }) => entry, csv: ({ entry }) => entry },
          {
            head: texts.at,
            number: true,
            cell: ({ entry_price }) => formats.money(entry_price),
            csv: ({ entry_price }) => entry_price,
          },
          { head: texts.sold, cell: ({ exit }) => exit ?? texts.open, csv: ({ exit }) => exit },
          {
            head: texts.soldAt,
            number: true,
            cell: ({ exit_price }) => formats.money(exit_price),
            csv: ({ exit_price }) => exit_price,
            wide: true,
          },
          {
            head: texts.quantity,
            number: true,
            cell: ({ quantity }) => formats.money(quantity),
            csv: ({ quantity }) => quantity,
            wide: true,
          },
          {
            head: texts.return,
            number: true,
            cell: ({ return: gain }) => (
              <span className={gain === null || gain === 0 ? undefined : gain > 0 ? "gain" : "loss"}>
                {formats.gain(gain)}
              </span>
            ),
            csv: ({ return: gain }) => gain,
          },
        ]}
      />
    </Section>
  );
}
