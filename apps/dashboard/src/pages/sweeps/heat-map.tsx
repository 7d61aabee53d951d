import type { Sweep, SweepReport } from "@strategy-executor/client";
import { formatsOf, heatMap } from "@strategy-executor/report";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { queryOf } from "../../api/queries.ts";
import { Figure } from "../../charts/figure.tsx";
import { useFormats } from "../../formats/formats.ts";
import { toTypedSearch } from "../../forms/typed-search.ts";
import { ButtonLink } from "../../parts/controls/button.tsx";
import { CsvButton } from "../../parts/data/csv-button.tsx";
import { DataTable } from "../../parts/data/data-table.tsx";
import { Section } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import { bestCell, type Cell, neighboursOf } from "./cells.ts";
import { sharedOf } from "./shared-of.ts";
import styles from "./sweeps.module.css";

type Map_ = NonNullable<SweepReport["heat_map"]>;

/** The objective over two parameters, usable by pointer, by keyboard and as a table. */
export function HeatMap({ sweep, report }: { readonly sweep: Sweep; readonly report: SweepReport }) {
  const { heat } = useTexts().sweeps;
  const map = report.heat_map;
  return (
    <>
      {map === null ? (
        <p className="muted">{heat.none}</p>
      ) : (
        <Drawn sweep={sweep} map={map} objective={report.objective} />
      )}
      <Luck id={sweep.execution_id} />
    </>
  );
}

function Drawn({ sweep, map, objective }: { readonly sweep: Sweep; readonly map: Map_; readonly objective: string }) {
  const { heat } = useTexts().sweeps;
  const { language, ratio, count } = useFormats();
  const best = useMemo(() => bestCell(map.values), [map]);
  const [chosen, setChosen] = useState<Cell | null>(null);
  const sentence = heat.sentence(objective, map.x, map.y);
  const figure = useMemo(
    () => heatMap({ caption: sentence, map, formats: formatsOf(language), size: { width: 900, height: 420 } }),
    [sentence, map, language],
  );
  const at = chosen ?? best;
  const describe = (cell: Cell): string => {
    const value = map.values[cell.row]?.[cell.column] ?? null;
    const near = neighboursOf(map.values, cell);
    const place = `${map.x} ${map.x_values[cell.column]}, ${map.y} ${map.y_values[cell.row]}: ${ratio(value)}`;
    return near.length === 0
      ? place
      : `${place}; ${heat.spread(ratio(Math.min(...near)), ratio(Math.max(...near)), count(near.length))}`;
  };
  const move = (key: string): boolean => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[key];
    if (step === undefined || at === null) return false;
    setChosen({
      row: Math.min(Math.max(at.row + step[0]!, 0), map.y_values.length - 1),
      column: Math.min(Math.max(at.column + step[1]!, 0), map.x_values.length - 1),
    });
    return true;
  };
  const cell = at === null ? {} : { [map.x]: map.x_values[at.column]!, [map.y]: map.y_values[at.row]! };
  return (
    <div
      className={styles.map}
      onPointerMove={(event) => {
        const cells = [...event.currentTarget.querySelectorAll("rect.cell")];
        const found = cells.indexOf(event.target as Element);
        const place = found === -1 ? undefined : placesOf(map)[found];
        if (place !== undefined) setChosen(place);
      }}
      onKeyDown={(event) => {
        if (move(event.key)) event.preventDefault();
      }}
    >
      <Figure
        name={heat.title}
        sentence={sentence}
        figure={figure}
        actions={
          <CsvButton
            name={heat.title}
            head={[`${map.y} / ${map.x}`, ...map.x_values.map(String)]}
            rows={() => map.y_values.map((y, row) => [y, ...(map.values[row] ?? [])])}
          />
        }
      >
        <DataTable
          name={heat.title}
          rows={map.y_values.map((y, row) => ({ y, row }))}
          keyOf={({ row }) => row}
          columns={[
            { head: `${map.y} / ${map.x}`, cell: ({ y }) => String(y) },
            ...map.x_values.map((x, column) => ({
              head: String(x),
              number: true,
              cell: ({ row }: { readonly row: number }) => ratio(map.values[row]?.[column]),
            })),
          ]}
        />
      </Figure>
      <div className={styles.readout}>
        <p aria-live="polite">{at !== null && (chosen === null ? heat.bestAt(describe(at)) : heat.at(describe(at)))}</p>
        <ButtonLink
          needs="execute"
          to="/new"
          search={{ strategy: sweep.strategy, ...toTypedSearch({ ...sharedOf(sweep), ...textsOf(cell) }) }}
        >
          {heat.run}
        </ButtonLink>
      </div>
    </div>
  );
}

/** Whether the best result exceeds what luck alone would give in so many trials. */
function Luck({ id }: { readonly id: number }) {
  const { heat } = useTexts().sweeps;
  const { percent, count } = useFormats();
  const { data } = useQuery({ ...queryOf("getReport", { execution_id: id }), staleTime: Infinity, retry: false });
  const deflated = data?.deflated_sharpe ?? null;
  if (deflated === null || deflated.probability === null) return null;
  return (
    <Section title={heat.luck}>
      <p>{heat.deflated(percent(deflated.probability), count(deflated.combinations))}</p>
    </Section>
  );
}

/** The cells that have a value, in drawing order. */
function placesOf({ values }: Map_): readonly Cell[] {
  return values.flatMap((columns, row) =>
    columns.flatMap((value, column) => (value === null ? [] : [{ row, column }])),
  );
}

function textsOf(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}
