import type { SweepReport } from "@strategy-executor/client";
import { useMemo } from "react";
import { type Curve, TimeChart } from "../../charts/time-chart.tsx";
import { useFormats } from "../../formats/formats.ts";
import { DataTable } from "../../parts/data/data-table.tsx";
import { Section } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import bars from "../compare/years.module.css";

type Window = NonNullable<SweepReport["walk_forward"]>["windows"][number];

/** For each window: the best combination in training, and its result afterwards. */
export function WalkForward({ report }: { readonly report: SweepReport }) {
  const { walk: texts } = useTexts().sweeps;
  const { percent, ratio } = useFormats();
  const { walk_forward: walk, objective } = report;
  if (walk === null) return null;
  const valueOf = (metrics: Window["test_metrics"]): number | null => metrics?.[objective] ?? null;
  const write = objective === "sharpe" || objective === "calmar" ? ratio : percent;
  const largest = Math.max(
    0.01,
    ...walk.windows.flatMap(({ train_metrics, test_metrics }) => [
      Math.abs(valueOf(train_metrics) ?? 0),
      Math.abs(valueOf(test_metrics) ?? 0),
    ]),
  );
  const bar = (value: number | null) => (
    <span className={bars.year}>
      {value !== null && (
        <span
          className={value < 0 ? bars.loss : bars.gain}
          style={{ width: `${(Math.abs(value) / largest) * 90}px` }}
        />
      )}
      {write(value)}
    </span>
  );
  return (
    <Section title={texts.title} note={texts.sentence}>
      <DataTable<Window>
        name={texts.title}
        rows={walk.windows}
        keyOf={({ test }) => test.start_date}
        csv="walk-forward"
        columns={[
          {
            head: texts.window,
            cell: ({ test }) => `${test.start_date} – ${test.end_date}`,
            csv: ({ test }) => test.start_date,
          },
          {
            head: texts.chosen,
            cell: ({ parameters }) =>
              parameters === null
                ? "–"
                : Object.entries(parameters)
                    .map(([name, value]) => `${name} ${value}`)
                    .join(", "),
            csv: ({ parameters }) => JSON.stringify(parameters),
            wide: true,
          },
          {
            head: `${texts.train}: ${objective}`,
            number: true,
            cell: ({ train_metrics }) => bar(valueOf(train_metrics)),
            csv: ({ train_metrics }) => valueOf(train_metrics),
          },
          {
            head: `${texts.test}: ${objective}`,
            number: true,
            cell: ({ test_metrics }) => bar(valueOf(test_metrics)),
            csv: ({ test_metrics }) => valueOf(test_metrics),
          },
        ]}
      />
      {walk.return !== null && <Joined windows={walk.windows} total={walk.return} />}
    </Section>
  );
}

/** The account that follows each choice through its test, from window to window. */
function Joined({ windows, total }: { readonly windows: readonly Window[]; readonly total: number }) {
  const { walk: texts } = useTexts().sweeps;
  const { gain, ratio } = useFormats();
  const curves = useMemo<Curve[]>(() => {
    let value = 100;
    const values = windows.map(({ test_metrics: metrics }) => (value *= 1 + (metrics?.return ?? 0)));
    return [
      {
        label: texts.equity,
        dates: [windows[0]!.test.start_date, ...windows.map(({ test }) => test.end_date)],
        values: [100, ...values],
      },
    ];
  }, [windows, texts.equity]);
  return (
    <TimeChart name={texts.equity} sentence={texts.joined(gain(total))} curves={curves} format={ratio} height={220} />
  );
}
