import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { refusedFields } from "../../api/errors.ts";
import { newIdempotencyKey } from "../../api/idempotency-key.ts";
import { queryOf, useWrite } from "../../api/queries.ts";
import { useFormats } from "../../formats/formats.ts";
import { Field, Fields, Submit } from "../../forms/field.tsx";
import { type ParametersSchema, toParameters } from "../../forms/schema.ts";
import { SchemaForm } from "../../forms/schema-form.tsx";
import { TypedInput } from "../../forms/typed-input.tsx";
import { toTypedSearch, typedOf } from "../../forms/typed-search.ts";
import { Button } from "../../parts/controls/button.tsx";
import { Failure } from "../../parts/feedback/failure.tsx";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { Page, Section } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import { lengthOf, toAxes, toAxesText, toAxis, type TypedAxis } from "./axis.ts";
import styles from "./sweeps.module.css";

const route = getRouteApi("/shell/sweeps/new");
const firstStrategy = "MovingAverageCrossover";
const objectives = ["sharpe", "cagr", "return", "max_drawdown", "calmar"] as const;

/** Submits a sweep over some parameters of a strategy. The form's values are part of the address. */
export function NewSweep() {
  const { form: texts } = useTexts().sweeps;
  const { start } = useTexts();
  const { count } = useFormats();
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/sweeps/new" });
  const strategies = useQuery({ ...queryOf("listStrategies", {}), staleTime: 60_000 });
  const { strategy: name = firstStrategy } = search;
  const schema = (strategies.data?.strategies.find((known) => known.name === name)?.parameters ??
    {}) as ParametersSchema;
  const names = Object.keys(schema.properties ?? {});
  const typed = typedOf(search);
  const { sample = "", train = "", test = "", label = "" } = search;
  const axes = axesOf(search);
  const objective = objectives.find((known) => known === search.objective) ?? "sharpe";
  const submit = useWrite("submitSweep", ["listSweeps"]);
  const refused = refusedFields(submit.error);
  const varied = new Set(axes.map((axis) => axis.name));
  const read = axes.flatMap((axis) => {
    const values = toAxis(axis.values);
    return values === null || axis.name === "" ? [] : [[axis.name, values] as const];
  });
  const combinations = read.reduce((product, [, axis]) => product * lengthOf(axis), read.length === 0 ? 0 : 1);
  const { parameters, unreadable } = toParameters(
    schema,
    Object.fromEntries(Object.entries(typed).filter(([field]) => !varied.has(field))),
  );
  const change = (changes: Partial<typeof search>): void =>
    void navigate({ search: (old) => ({ ...old, ...changes }), replace: true });
  // From the newest address: two changes may come before the page is drawn again.
  const changeAxes = (next: (axes: readonly TypedAxis[]) => readonly TypedAxis[]): void =>
    void navigate({ search: (old) => ({ ...old, axes: toAxesText(next(axesOf(old))) }), replace: true });
  const changeAxis = (index: number, changes: Partial<TypedAxis>): void =>
    changeAxes((old) => old.map((axis, at) => (at === index ? { ...axis, ...changes } : axis)));
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (unreadable.size > 0) return;
    submit.mutate(
      {
        strategy_name: name,
        parameters,
        grid: {
          axes: Object.fromEntries(read),
          ...(sample !== "" && { sample: { seed: 1, count: Number(sample) } }),
        },
        objective,
        ...(train !== "" && test !== "" && { walk_forward: { train: Number(train), test: Number(test) } }),
        ...(label !== "" && { label }),
        idempotency_key: newIdempotencyKey(),
      },
      { onSuccess: ({ execution_id }) => void navigate({ to: "/sweeps/$id", params: { id: String(execution_id) } }) },
    );
  };
  return (
    <Page title={texts.title}>
      <Loaded query={strategies} shape="text">
        {({ strategies: all }) => (
          <form className="stack" onSubmit={send}>
            <Section title={texts.what}>
              <div className="stack">
                <Fields>
                  <Field label={texts.strategy}>
                    <select
                      value={name}
                      onChange={({ target }) => void navigate({ search: { strategy: target.value }, replace: true })}
                    >
                      {all.map((known) => (
                        <option key={known.name}>{known.name}</option>
                      ))}
                    </select>
                  </Field>
                </Fields>
                {axes.map((axis, index) => (
                  // Axes have no identity but their place.
                  // oxlint-disable-next-line react/no-array-index-key
                  <div key={index} className={styles.axis}>
                    <Field label={`${texts.parameter} ${index + 1}`}>
                      <select value={axis.name} onChange={({ target }) => changeAxis(index, { name: target.value })}>
                        <option value="">–</option>
                        {names.map((field) => (
                          <option key={field}>{field}</option>
                        ))}
                      </select>
                    </Field>
                    <Field
                      label={`${texts.values} ${index + 1}`}
                      hint={texts.valuesHint}
                      error={refused.get(`grid.axes.${axis.name}`)}
                    >
                      <TypedInput type="text" value={axis.values} change={(values) => changeAxis(index, { values })} />
                    </Field>
                    <Button
                      kind="quiet"
                      aria-label={texts.remove(axis.name)}
                      onClick={() => changeAxes((old) => old.filter((_, at) => at !== index))}
                    >
                      ×
                    </Button>
                  </div>
                ))}
                <div className="row">
                  <Button
                    disabled={axes.length >= 8}
                    onClick={() => changeAxes((old) => [...old, { name: "", values: "" }])}
                  >
                    {texts.add}
                  </Button>
                  <span aria-live="polite">{texts.count(count(combinations))}</span>
                </div>
                <Fields>
                  <Field label={texts.objective}>
                    <select value={objective} onChange={({ target }) => change({ objective: target.value })}>
                      {objectives.map((metric) => (
                        <option key={metric}>{metric}</option>
                      ))}
                    </select>
                  </Field>
                  <Field label={texts.sample} hint={texts.sampleHint} error={refused.get("grid.sample.count")}>
                    <TypedInput type="number" min={1} value={sample} change={(text) => change({ sample: text })} />
                  </Field>
                  <Field label={texts.train} hint={texts.walkHint} error={refused.get("walk_forward.train")}>
                    <TypedInput type="number" min={1} value={train} change={(text) => change({ train: text })} />
                  </Field>
                  <Field label={texts.test} hint={texts.walkHint} error={refused.get("walk_forward.test")}>
                    <TypedInput type="number" min={1} value={test} change={(text) => change({ test: text })} />
                  </Field>
                  <Field label={texts.label} error={refused.get("label")}>
                    <TypedInput type="text" maxLength={100} value={label} change={(text) => change({ label: text })} />
                  </Field>
                </Fields>
              </div>
            </Section>
            <Section title={texts.shared}>
              <SchemaForm
                schema={schema}
                typed={typed}
                names={names.filter((field) => !varied.has(field))}
                errors={new Map([...unreadable].map((field) => [field, start.unreadable]))}
                change={(field, text) => change(toTypedSearch({ [field]: text }))}
              />
            </Section>
            {submit.error !== null && <Failure error={submit.error} retry={submit.again} />}
            <Submit>
              <Button needs="execute" type="submit" kind="main" disabled={submit.isPending || combinations === 0}>
                {texts.submit}
              </Button>
            </Submit>
          </form>
        )}
      </Loaded>
    </Page>
  );
}

function axesOf({ strategy = firstStrategy, axes }: ReturnType<typeof route.useSearch>): readonly TypedAxis[] {
  return axes === undefined ? firstAxes(strategy) : toAxes(axes);
}

/** Initial axes. */
function firstAxes(strategy: string): readonly TypedAxis[] {
  if (strategy === firstStrategy) {
    return [
      { name: "short_window", values: "5..50:5" },
      { name: "long_window", values: "60..240:20" },
    ];
  }
  return [{ name: "", values: "" }];
}
