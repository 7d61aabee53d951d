import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { createChartGroup } from "../../charts/group.ts";
import { type Curve, TimeChart } from "../../charts/time-chart.tsx";
import { useFormats } from "../../formats/formats.ts";
import { useTexts } from "../../texts/texts.ts";
import type { Compared } from "./compared.ts";

const route = getRouteApi("/shell/compare");

/** The equity curves as indices, and their drawdowns. */
export function Curves({ compared }: { readonly compared: readonly Compared[] }) {
  const { compare: texts, execution } = useTexts();
  const { day, ratio, percent } = useFormats();
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/compare" });
  const isOwn = search.base === "own";
  const start = compared
    .map(({ report }) => report.period.first_day)
    .toSorted()
    .at(-1)!;
  const scale = search.scale === "linear" ? "linear" : "log";
  const group = useMemo(createChartGroup, []);
  const equity = useMemo<Curve[]>(() => {
    const curves = compared.map(({ name, report: { curve } }) => {
      const from = isOwn
        ? 0
        : Math.max(
            0,
            curve.dates.findIndex((date) => date >= start),
          );
      const base = curve.equity[from]!;
      return {
        label: name,
        dates: curve.dates.slice(from),
        values: curve.equity.slice(from).map((value) => (value / base) * 100),
      };
    });
    const benchmark = benchmarkOf(compared[0]!, isOwn ? null : start);
    return benchmark === null ? curves : [...curves, benchmark];
  }, [compared, isOwn, start]);
  const falls = useMemo<Curve[]>(
    () =>
      compared.map(({ name, report: { curve } }) => {
        // From the same day on as the equity: both charts share one range.
        const from = isOwn
          ? 0
          : Math.max(
              0,
              curve.dates.findIndex((date) => date >= start),
            );
        return { label: name, dates: curve.dates.slice(from), values: curve.drawdown.slice(from) };
      }),
    [compared, isOwn, start],
  );
  return (
    <>
      <TimeChart
        name={texts.equity}
        sentence={isOwn ? texts.ownSentence : texts.equitySentence(day(start))}
        curves={equity}
        scale={scale}
        format={ratio}
        group={group}
        actions={
          <>
            <select
              aria-label={texts.base}
              value={isOwn ? "own" : "common"}
              onChange={({ target }) =>
                void navigate({ search: (old) => ({ ...old, base: target.value }), replace: true })
              }
            >
              <option value="common">{texts.bases.common}</option>
              <option value="own">{texts.bases.own}</option>
            </select>
            <select
              aria-label={texts.scale}
              value={scale}
              onChange={({ target }) =>
                void navigate({ search: (old) => ({ ...old, scale: target.value }), replace: true })
              }
            >
              <option value="log">{execution.result.log}</option>
              <option value="linear">{execution.result.linear}</option>
            </select>
          </>
        }
      />
      <TimeChart
        name={texts.drawdown}
        sentence={texts.drawdownSentence}
        curves={falls}
        format={percent}
        height={200}
        group={isOwn ? undefined : group}
      />
    </>
  );
}

/** The benchmark over the days of the first execution, indexed like the others; null without one. */
function benchmarkOf({ report: { benchmark, curve } }: Compared, start: string | null): Curve | null {
  if (benchmark === null || curve.benchmark === null) return null;
  const from =
    start === null
      ? 0
      : Math.max(
          0,
          curve.dates.findIndex((date) => date >= start),
        );
  const base = curve.benchmark[from]!;
  return {
    label: benchmark.name,
    dates: curve.dates.slice(from),
    values: curve.benchmark.slice(from).map((value) => (value / base) * 100),
    look: "benchmark",
  };
}
