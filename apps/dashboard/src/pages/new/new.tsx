import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useEffect } from "react";
import { refusedFields } from "../../api/errors.ts";
import { newIdempotencyKey } from "../../api/idempotency-key.ts";
import { queryOf, useWrite } from "../../api/queries.ts";
import { Checked } from "../../forms/checked.tsx";
import { Field, Fields, Submit } from "../../forms/field.tsx";
import { type ParametersSchema, toParameters, toText } from "../../forms/schema.ts";
import { SchemaForm } from "../../forms/schema-form.tsx";
import { TypedInput } from "../../forms/typed-input.tsx";
import { toTypedSearch, typedOf } from "../../forms/typed-search.ts";
import { useCheck } from "../../forms/use-check.ts";
import { Button, ButtonLink } from "../../parts/controls/button.tsx";
import { Failure } from "../../parts/feedback/failure.tsx";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { Page, Section } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import { CallText } from "./call-text.tsx";
import { commonNames } from "./common-names.ts";
import { TestCallback } from "./test-callback.tsx";

const route = getRouteApi("/shell/new");
const first = "BoldAssetAllocation";
const formats = ["json", "slack", "discord", "telegram"] as const;

/** Submits a strategy. The form's values are part of the address, so that it can be shared and the Back button works. */
export function New() {
  const { start: texts } = useTexts();
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/new" });
  const strategies = useQuery({ ...queryOf("listStrategies", {}), staleTime: 60_000 });
  useFrom(search.from);
  const { strategy: name = first, label = "", callback = "", attempts = "" } = search;
  const format = formats.find((known) => known === search.format) ?? "json";
  const strategy = strategies.data?.strategies.find((known) => known.name === name);
  const schema = (strategy?.parameters ?? {}) as ParametersSchema;
  const typed = typedOf(search);
  const { parameters, unreadable } = toParameters(schema, typed);
  const execute = useWrite("executeStrategy", ["listExecutions"]);
  const refused = refusedFields(execute.error);
  const { checked, errors: found } = useCheck(name, parameters);
  const errors = new Map([...found, ...[...unreadable].map((field) => [field, texts.unreadable] as const)]);
  const names = Object.keys(schema.properties ?? {});
  const change = (changes: Record<string, string>): void =>
    void navigate({ search: (old) => ({ ...old, ...changes }), replace: true });
  const call = {
    strategy_name: name,
    parameters,
    ...(label !== "" && { label }),
    ...(callback !== "" && { callback_url: callback }),
    ...(callback !== "" && format !== "json" && { callback_format: format }),
    ...(callback !== "" && attempts !== "" && { callback_max_attempts: Number(attempts) }),
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (unreadable.size > 0) return;
    execute.mutate(
      { ...call, idempotency_key: newIdempotencyKey() },
      {
        onSuccess: ({ execution_id }) =>
          void navigate({ to: "/executions/$id", params: { id: String(execution_id) }, search: {} }),
      },
    );
  };
  return (
    <Page title={texts.title} lead={strategy?.description}>
      <Loaded query={strategies} shape="text">
        {({ strategies: all }) => (
          <form className="stack" onSubmit={submit}>
            <Section title={texts.own}>
              <div className="stack">
                <Fields>
                  <Field label={texts.strategy}>
                    <select
                      value={name}
                      onChange={(event) => void navigate({ search: { strategy: event.target.value }, replace: true })}
                    >
                      {all.map((known) => (
                        <option key={known.name}>{known.name}</option>
                      ))}
                    </select>
                  </Field>
                </Fields>
                <SchemaForm
                  schema={schema}
                  typed={typed}
                  errors={errors}
                  names={names.filter((field) => !commonNames.has(field))}
                  change={(field, text) => change(toTypedSearch({ [field]: text }))}
                />
              </div>
            </Section>
            <Section title={texts.common}>
              <SchemaForm
                schema={schema}
                typed={typed}
                errors={errors}
                names={names.filter((field) => commonNames.has(field))}
                change={(field, text) => change(toTypedSearch({ [field]: text }))}
              />
            </Section>
            <Section title={texts.around}>
              <Fields>
                <Field label={texts.label} hint={texts.labelHint} error={refused.get("label")}>
                  <TypedInput type="text" maxLength={100} value={label} change={(text) => change({ label: text })} />
                </Field>
                <Field label={texts.callback} hint={texts.callbackHint} error={refused.get("callback_url")}>
                  <TypedInput type="text" value={callback} change={(text) => change({ callback: text })} />
                </Field>
                <Field label={texts.format} error={refused.get("callback_format")}>
                  <select value={format} onChange={(event) => change({ format: event.target.value })}>
                    {formats.map((known) => (
                      <option key={known}>{known}</option>
                    ))}
                  </select>
                </Field>
                <Field label={texts.attempts} error={refused.get("callback_max_attempts")}>
                  <TypedInput
                    type="number"
                    min={1}
                    max={20}
                    placeholder="1"
                    value={attempts}
                    change={(text) => change({ attempts: text })}
                  />
                </Field>
              </Fields>
              <TestCallback url={callback} format={format} />
            </Section>
            <Checked checked={checked} />
            {execute.error !== null && <Failure error={execute.error} retry={execute.again} />}
            <Submit>
              <Button needs="execute" type="submit" kind="main" disabled={execute.isPending}>
                {texts.run}
              </Button>
              <ButtonLink
                needs="execute"
                to="/schedules/new"
                search={{
                  strategy: name,
                  ...toTypedSearch(typed),
                  ...(label !== "" && { label }),
                  ...(callback !== "" && { callback, format }),
                  ...(callback !== "" && attempts !== "" && { attempts }),
                }}
              >
                {texts.schedule}
              </ButtonLink>
              <ButtonLink needs="execute" to="/sweeps/new" search={{ strategy: name, ...toTypedSearch(typed) }}>
                {texts.sweep}
              </ButtonLink>
            </Submit>
            <CallText call={call} />
          </form>
        )}
      </Loaded>
    </Page>
  );
}

/** Copies the parameters of an earlier execution into the address. */
function useFrom(id: string | undefined): void {
  const navigate = useNavigate({ from: "/new" });
  const isAsked = id !== undefined;
  const { data: execution } = useQuery({
    ...queryOf("getExecution", { execution_id: Number(id) }),
    enabled: isAsked,
  });
  const { data: strategy } = useQuery({
    ...queryOf("getStrategy", { name: execution?.strategy ?? "" }),
    enabled: execution !== undefined,
  });
  useEffect(() => {
    if (!isAsked || execution === undefined || strategy === undefined) return;
    const { properties = {} } = strategy.parameters as ParametersSchema;
    const typed = Object.entries(execution.execution_parameters).flatMap(([name, value]) => {
      const field = properties[name] ?? {};
      const isUsual = JSON.stringify(value) === JSON.stringify(field.default);
      return value === null || isUsual ? [] : [[name, toText(value, field)] as const];
    });
    void navigate({
      search: {
        strategy: execution.strategy,
        ...(execution.label !== null && { label: execution.label }),
        ...toTypedSearch(Object.fromEntries(typed)),
      },
      replace: true,
    });
  }, [isAsked, execution, strategy, navigate]);
}
