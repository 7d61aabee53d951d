import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type Outputs, write } from "../../api/client.ts";
import { Button } from "../../parts/controls/button.tsx";
import { DataTable } from "../../parts/data/data-table.tsx";
import { Failure } from "../../parts/feedback/failure.tsx";
import { useTexts } from "../../texts/texts.ts";

type Refreshed = Outputs["refreshPrices"]["tickers"][number];

/** Fetches new prices from the providers and shows the outcome for each ticker. */
export function Refresh({ tickers }: { readonly tickers?: readonly string[] }) {
  const { prices: texts } = useTexts();
  const queries = useQueryClient();
  const refresh = useMutation({
    mutationFn: async () => {
      const all: Refreshed[] = [];
      let cursor: string | null = null;
      do {
        const page: Outputs["refreshPrices"] = await write("refreshPrices", {
          ...(tickers !== undefined && { tickers: [...tickers] }),
          ...(cursor !== null && { cursor }),
        });
        all.push(...page.tickers);
        cursor = page.next_cursor;
      } while (cursor !== null);
      return all;
    },
    onSuccess: () =>
      Promise.all(["listPrices", "getPrices"].map((name) => queries.invalidateQueries({ queryKey: [name] }))),
  });
  return (
    <div className="stack">
      <div>
        <Button needs="admin" disabled={refresh.isPending} onClick={() => refresh.mutate()}>
          {texts.refresh}
        </Button>
      </div>
      {refresh.error !== null && <Failure error={refresh.error} retry={() => refresh.mutate()} />}
      {refresh.data !== undefined && (
        <DataTable
          name={texts.refreshed}
          rows={refresh.data}
          keyOf={({ ticker }) => ticker}
          csv="refreshed"
          columns={[
            { head: texts.columns.ticker, cell: ({ ticker }) => ticker, csv: ({ ticker }) => ticker },
            { head: texts.refreshed, cell: ({ outcome }) => texts.outcomes[outcome], csv: ({ outcome }) => outcome },
            {
              head: texts.columns.source,
              cell: ({ provider }) => provider ?? "–",
              csv: ({ provider }) => provider,
              wide: true,
            },
            { head: texts.newDays, cell: ({ new_days }) => new_days, csv: ({ new_days }) => new_days, number: true },
            {
              head: texts.columns.remarks,
              cell: ({ message }) => message ?? "–",
              csv: ({ message }) => message,
              wide: true,
            },
          ]}
        />
      )}
    </div>
  );
}
