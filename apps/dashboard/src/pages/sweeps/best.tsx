import type { Sweep, SweepReport } from "@strategy-executor/client";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { write } from "../../api/client.ts";
import { useFormats } from "../../formats/formats.ts";
import { toTypedSearch } from "../../forms/typed-search.ts";
import { Button, ButtonLink } from "../../parts/controls/button.tsx";
import { type Column, DataTable } from "../../parts/data/data-table.tsx";
import { Failure } from "../../parts/feedback/failure.tsx";
import { Section } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import { useFigureNames } from "../execution/figure-names.ts";
import { sharedOf } from "./shared-of.ts";

type Row = SweepReport["best"][number] & { readonly rank: number };

const compared = 5;
const metrics = ["sharpe", "cagr", "return", "max_drawdown", "calmar"] as const;

/** The best combinations, with links to run or compare them. */
export function Best({ sweep, report }: { readonly sweep: Sweep; readonly report: SweepReport }) {
  const { best: texts } = useTexts().sweeps;
  const { percent, ratio } = useFormats();
  const names = useFigureNames();
  const navigate = useNavigate();
  const rows = report.best.map((row, index): Row => ({ ...row, rank: index + 1 }));
  const compare = useMutation({
    mutationFn: () =>
      Promise.all(
        rows.slice(0, compared).map(({ parameters }) =>
          write("executeStrategy", {
            strategy_name: sweep.strategy,
            parameters: { ...sweep.parameters, ...parameters },
          }),
        ),
      ),
    onSuccess: (accepted) =>
      navigate({ to: "/compare", search: { ids: accepted.map(({ execution_id }) => execution_id).join(",") } }),
  });
  const varied = Object.keys(sweep.grid.axes);
  const columns: Column<Row>[] = [
    { head: texts.rank, cell: ({ rank }) => rank, csv: ({ rank }) => rank },
    ...varied.map((name) => ({
      head: name,
      cell: ({ parameters }: Row) => String(parameters[name]),
      csv: ({ parameters }: Row) => parameters[name],
    })),
    ...metrics.map((metric) => ({
      head: names[metric],
      name: metric,
      number: true,
      wide: metric !== report.objective,
      cell: ({ metrics: found }: Row) =>
        metric === "sharpe" || metric === "calmar" ? ratio(found[metric]) : percent(found[metric]),
      csv: ({ metrics: found }: Row) => found[metric],
    })),
    {
      head: <span className="hidden">{texts.run}</span>,
      cell: ({ parameters }) => (
        <ButtonLink
          needs="execute"
          kind="quiet"
          to="/new"
          search={{
            strategy: sweep.strategy,
            ...toTypedSearch({
              ...sharedOf(sweep),
              ...Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)])),
            }),
          }}
        >
          {texts.run}
        </ButtonLink>
      ),
    },
  ];
  return (
    <Section
      title={texts.title}
      actions={
        rows.length > 1 && (
          <Button
            needs="execute"
            title={texts.compareHint}
            disabled={compare.isPending}
            onClick={() => compare.mutate()}
          >
            {texts.compare}
          </Button>
        )
      }
    >
      {compare.error !== null && <Failure error={compare.error} />}
      {rows.length === 0 ? (
        <p className="muted">{report.failure ?? texts.none}</p>
      ) : (
        <DataTable<Row>
          name={texts.title}
          rows={rows}
          keyOf={({ rank }) => rank}
          columns={columns}
          csv={`sweep-${sweep.execution_id}-best`}
        />
      )}
    </Section>
  );
}
