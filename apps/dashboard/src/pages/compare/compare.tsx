import { useQueries } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useMemo } from "react";
import { useFormats } from "../../formats/formats.ts";
import { Button, ButtonLink } from "../../parts/controls/button.tsx";
import { Failure } from "../../parts/feedback/failure.tsx";
import { Empty, Notice } from "../../parts/feedback/notice.tsx";
import { Skeleton } from "../../parts/feedback/skeleton.tsx";
import { Page } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import styles from "./compare.module.css";
import { Correlation } from "./correlation.tsx";
import { Curves } from "./curves.tsx";
import { Figures } from "./figures.tsx";
import { Parameters } from "./parameters.tsx";
import { comparedQuery, gather } from "./compared.ts";
import { Years } from "./years.tsx";

const route = getRouteApi("/shell/compare");
const maxCompared = 8;

/** Compares executions: figures, curves and parameters side by side. */
export function Compare() {
  const { compare: texts, shared, shell } = useTexts();
  const { count } = useFormats();
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/compare" });
  const text = search.ids ?? "";
  const ids = useMemo(() => idsOf(text), [text]);
  const { benchmark } = search;
  const { compared, waiting, errors, isReading } = useQueries({
    queries: ids.map((id) => comparedQuery(id, benchmark)),
    combine: gather,
  });
  const choose = (next: readonly number[]): void =>
    void navigate({ search: (old) => ({ ...old, ids: next.join(",") }), replace: true });
  const isShown = !isReading && compared.length >= 2;
  return (
    <Page
      title={texts.title}
      lead={ids.length >= 2 ? texts.lead(shared.counted.executions(count(ids.length))) : undefined}
    >
      <Chooser
        ids={text}
        benchmark={benchmark ?? ""}
        choose={(next, named) =>
          void navigate({
            search: (old) => ({ ...old, ids: next.join(","), benchmark: named === "" ? undefined : named }),
            replace: true,
          })
        }
      />
      {errors[0] !== undefined && <Failure error={errors[0]} />}
      {waiting.length > 0 && <Notice tone="warn">{texts.waiting(waiting.map(({ name }) => name).join(", "))}</Notice>}
      {ids.length < 2 && (
        <Empty title={texts.empty} actions={<ButtonLink to="/executions">{shell.pages.executions}</ButtonLink>}>
          <p>{texts.emptyText}</p>
        </Empty>
      )}
      {ids.length >= 2 && !isReading && (
        <Members ids={ids} names={namesOf([...compared, ...waiting])} choose={choose} />
      )}
      {ids.length >= 2 && !isShown && errors.length === 0 && <Skeleton shape="chart" />}
      {isShown && (
        <>
          <Curves compared={compared} />
          <Figures compared={compared} />
          <Parameters compared={compared} />
          <Years compared={compared} />
          <Correlation compared={compared} />
        </>
      )}
    </Page>
  );
}

/** The chosen executions, each of which can be dropped or made the first. */
function Members({
  ids,
  names,
  choose,
}: {
  readonly ids: readonly number[];
  readonly names: ReadonlyMap<number, string>;
  readonly choose: (ids: readonly number[]) => void;
}) {
  const { compare: texts } = useTexts();
  return (
    <ul className={styles.members}>
      {ids.map((id, index) => (
        <li key={id}>
          <Link to="/executions/$id" params={{ id: String(id) }}>
            {names.get(id) ?? id}
          </Link>
          {index > 0 && (
            <Button
              kind="quiet"
              aria-label={texts.first(id)}
              title={texts.first(id)}
              onClick={() => choose([id, ...ids.filter((other) => other !== id)])}
            >
              ↑
            </Button>
          )}
          <Button
            kind="quiet"
            aria-label={texts.drop(id)}
            title={texts.drop(id)}
            onClick={() => choose(ids.filter((other) => other !== id))}
          >
            ×
          </Button>
        </li>
      ))}
    </ul>
  );
}

function Chooser({
  ids,
  benchmark,
  choose,
}: {
  readonly ids: string;
  readonly benchmark: string;
  readonly choose: (ids: readonly number[], benchmark: string) => void;
}) {
  const { compare: texts, execution } = useTexts();
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    choose(idsOf(String(form.get("ids"))), String(form.get("benchmark")).trim());
  };
  return (
    <form className={styles.chooser} onSubmit={submit} key={`${ids} ${benchmark}`}>
      <label>
        {texts.ids}
        <input name="ids" defaultValue={ids} inputMode="numeric" />
      </label>
      <label>
        {texts.benchmark}
        <input name="benchmark" defaultValue={benchmark} placeholder={execution.result.benchmarkHint} />
      </label>
      <Button type="submit">{texts.show}</Button>
    </form>
  );
}

function namesOf(all: readonly { readonly id: number; readonly name: string }[]): ReadonlyMap<number, string> {
  return new Map(all.map(({ id, name }) => [id, name]));
}

function idsOf(text: string): readonly number[] {
  const ids = text.split(/[\s,]+/).map(Number);
  return [...new Set(ids.filter((id) => Number.isSafeInteger(id) && id > 0))].slice(0, maxCompared);
}
