import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Outputs } from "../../../api/client.ts";
import { createChartGroup } from "../../../charts/group.ts";
import { type Curve, TimeChart } from "../../../charts/time-chart.tsx";
import { useFormats } from "../../../formats/formats.ts";
import { useTexts } from "../../../texts/texts.ts";

const route = getRouteApi("/shell/executions/$id");

type Analysis = Outputs["getReport"];

/** The equity of the account and its benchmark, and the drawdown, under one crosshair. */
export function Curves({ analysis }: { readonly analysis: Analysis }) {
  const { execution, shared } = useTexts();
  const { result: texts } = execution;
  const { day, shortMoney, money, percent } = useFormats();
  const scale = route.useSearch().scale === "linear" ? "linear" : "log";
  const navigate = useNavigate({ from: "/executions/$id" });
  const group = useMemo(createChartGroup, []);
  const { curve, benchmark, figures } = analysis;
  const { account } = shared.words;
  const name = benchmark?.name;
  const equity = useMemo<Curve[]>(
    () => [
      { label: account, dates: curve.dates, values: curve.equity, look: "account" },
      ...(curve.benchmark === null || name === undefined
        ? []
        : [{ label: name, dates: curve.dates, values: curve.benchmark, look: "benchmark" } as const]),
    ],
    [curve, account, name],
  );
  const falls = useMemo<Curve[]>(
    () => [{ label: texts.drawdown, dates: curve.dates, values: curve.drawdown, look: "fall" }],
    [curve, texts.drawdown],
  );
  const worst = analysis.drawdowns[0];
  const capital = figures.final_value / (1 + figures.return);
  return (
    <>
      <TimeChart
        name={texts.equity}
        sentence={texts.equitySentence(
          day(analysis.period.first_day),
          day(analysis.period.last_day),
          money(capital),
          money(figures.final_value),
        )}
        curves={equity}
        scale={scale}
        format={shortMoney}
        group={group}
        actions={
          <select
            aria-label={texts.scale}
            value={scale}
            onChange={({ target }) =>
              void navigate({ search: (old) => ({ ...old, scale: target.value }), replace: true })
            }
          >
            <option value="log">{texts.log}</option>
            <option value="linear">{texts.linear}</option>
          </select>
        }
      />
      <TimeChart
        name={texts.drawdown}
        sentence={
          worst === undefined ? texts.noDrawdown : texts.drawdownSentence(percent(worst.depth), day(worst.valley_day))
        }
        curves={falls}
        format={percent}
        height={180}
        group={group}
      />
    </>
  );
}
