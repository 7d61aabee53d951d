import { formatsOf, weightsArea } from "@strategy-executor/report";
import { useMemo } from "react";
import type { Outputs } from "../../../api/client.ts";
import { Figure } from "../../../charts/figure.tsx";
import { useFormats } from "../../../formats/formats.ts";
import { CsvButton } from "../../../parts/data/csv-button.tsx";
import { DataTable } from "../../../parts/data/data-table.tsx";
import { useTexts } from "../../../texts/texts.ts";

type Weighting = Outputs["getSeries"]["weights"][number];

/** Target weights over time, the largest first. */
export function Weights({ weights, lastDay }: { readonly weights: readonly Weighting[]; readonly lastDay: string }) {
  const { result: texts } = useTexts().execution;
  const { decisions } = useTexts().execution;
  const formats = useFormats();
  const sentence = texts.weightsSentence(formats.count(weights.length));
  const figure = useMemo(
    () =>
      weightsArea({
        caption: sentence,
        decisions: weights.map(({ date, weights: held }) => ({ date, weights: held })),
        lastDay,
        others: texts.others,
        formats: formatsOf(formats.language),
        size: { width: 900, height: 240 },
      }),
    [weights, lastDay, sentence, texts.others, formats.language],
  );
  if (weights.length === 0) return null;
  const tickers = [...new Set(weights.flatMap(({ weights: held }) => Object.keys(held)))];
  return (
    <Figure
      name={texts.weights}
      sentence={sentence}
      figure={figure}
      actions={
        <CsvButton
          name={texts.weights}
          head={["date", ...tickers]}
          rows={() => weights.map(({ date, weights: held }) => [date, ...tickers.map((ticker) => held[ticker] ?? 0)])}
        />
      }
    >
      <DataTable
        name={texts.weights}
        rows={weights.toReversed().slice(0, 250)}
        keyOf={({ date }) => date}
        columns={[
          { head: decisions.day, cell: ({ date }) => date },
          ...tickers.slice(0, 20).map((ticker) => ({
            head: ticker,
            number: true,
            cell: ({ weights: held }: Weighting) => formats.percent(held[ticker] ?? 0),
          })),
        ]}
      />
    </Figure>
  );
}
