import type { Sweep, SweepReport } from "@strategy-executor/client";
import { formatsOf, heatMap } from "@strategy-executor/report";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { queryOf } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
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
      {map === null ? <p className="muted">{heat.none}</p> : <Drawn sweep={sweep} map={map} report={report} />}
      <Luck id={sweep.execution_id} />
    </>
  );
}

function Drawn({
  sweep,
  map,
  report: { objective, best: combinations },
}: {
  readonly sweep: Sweep;
  readonly map: Map_;
  readonly report: SweepReport;
}) {
  const { heat } = useTexts().sweeps;
  const navigate = useNavigate();
  const box = useRef<HTMLDivElement>(null);
  const { language, ratio, count } = useFormats();
  const best = useMemo(() => bestCell(map.values), [map]);
  const [chosen, setChosen] = useState<Cell | null>(null);
  // Otherwise the pointer would choose other cells on its way to the link.
  const [isHeld, setHeld] = useState(false);
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
  // With more than two axes a cell stands for the best of several combinations.
  const whole = combinations.find(({ parameters }) =>
    Object.entries(cell).every(([name, value]) => parameters[name] === value),
  );
  const isWhole = whole !== undefined || Object.keys(combinations[0]?.parameters ?? {}).length <= 2;
  const mayRun = useMay("execute") && isWhole;
  const search = {
    strategy: sweep.strategy,
    ...toTypedSearch({ ...sharedOf(sweep), ...textsOf(whole?.parameters ?? cell) }),
  };
  useMark(box, chosen === null ? -1 : placesOf(map).findIndex((place) => isSame(place, chosen)));
  return (
    // The keys are those of the figure inside, which has the focus.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
    <div
      ref={box}
      className={styles.map}
      onPointerMove={({ target }) => {
        const place = isHeld ? undefined : placeOf(box.current!, map, target);
        if (place !== undefined) setChosen(place);
      }}
      onClick={({ target }) => {
        const place = placeOf(box.current!, map, target);
        if (place === undefined) return;
        setHeld(!isHeld || chosen === null || !isSame(place, chosen));
        setChosen(place);
      }}
      onKeyDown={(event) => {
        const isOnControl = (event.target as Element).closest("a, button, summary") !== null;
        if (event.key === "Enter" && !isOnControl && mayRun) void navigate({ to: "/new", search });
        else if (move(event.key)) event.preventDefault();
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
        {isWhole ? (
          <ButtonLink needs="execute" to="/new" search={search}>
            {heat.run}
          </ButtonLink>
        ) : (
          <p className="small muted">{heat.others}</p>
        )}
        {mayRun && <p className="small muted">{heat.keys}</p>}
      </div>
    </div>
  );
}

/** Marks a drawn cell. Another class for it would draw the whole map again. */
function useMark(box: RefObject<HTMLElement | null>, index: number): void {
  useEffect(() => {
    const cell = box.current?.querySelectorAll("rect.cell")[index];
    cell?.setAttribute("data-chosen", "");
    return () => cell?.removeAttribute("data-chosen");
  });
}

/** The place of the drawn cell that an event is about. */
function placeOf(box: HTMLElement, map: Map_, target: EventTarget): Cell | undefined {
  return placesOf(map)[[...box.querySelectorAll("rect.cell")].indexOf(target as Element)];
}

function isSame(a: Cell, b: Cell): boolean {
  return a.row === b.row && a.column === b.column;
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
