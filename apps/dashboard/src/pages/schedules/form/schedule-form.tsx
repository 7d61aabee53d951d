import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { refusedFields } from "../../../api/errors.ts";
import { queryOf } from "../../../api/queries.ts";
import { Checked } from "../../../forms/checked.tsx";
import { Field, Fields, Submit } from "../../../forms/field.tsx";
import { type ParametersSchema, toParameters } from "../../../forms/schema.ts";
import { SchemaForm } from "../../../forms/schema-form.tsx";
import { useCheck } from "../../../forms/use-check.ts";
import { Button } from "../../../parts/controls/button.tsx";
import { Failure } from "../../../parts/feedback/failure.tsx";
import { Loaded } from "../../../parts/feedback/loaded.tsx";
import { Section } from "../../../parts/layout/page.tsx";
import { useTexts } from "../../../texts/texts.ts";
import { toWhen } from "./rule.ts";
import { RuleForm } from "./rule-form.tsx";
import { toDefinition } from "./to-definition.ts";
import { formats, type Typed } from "./typed.ts";

/** The form of a new schedule and of an edit. */
export function ScheduleForm({
  first,
  action,
  busy,
  error,
  again,
  submit,
}: {
  readonly first: Typed;
  readonly action: string;
  readonly busy: boolean;
  readonly error: unknown;
  /** Submits once more what was submitted last. */
  readonly again: (() => void) | undefined;
  readonly submit: (definition: ReturnType<typeof toDefinition>) => void;
}) {
  const { schedules, start } = useTexts();
  const { form: texts, one } = schedules;
  const [typed, setTyped] = useState(first);
  const change = (changes: Partial<Typed>): void => setTyped((old) => ({ ...old, ...changes }));
  const strategies = useQuery({ ...queryOf("listStrategies", {}), staleTime: 60_000 });
  const strategy = strategies.data?.strategies.find(({ name }) => name === typed.strategy);
  const schema = (strategy?.parameters ?? {}) as ParametersSchema;
  const { parameters, unreadable } = toParameters(schema, typed.parameters);
  const { checked, errors: found } = useCheck(typed.strategy, parameters);
  const refused = refusedFields(error);
  // Of a strategy that is gone no text can be read. The service names it.
  const unread = strategy === undefined ? [] : [...unreadable];
  const errors = new Map([...found, ...unread.map((field) => [field, start.unreadable] as const)]);
  // A fault must not hide among parameters that are folded away.
  const [isOpen, setOpen] = useState(false);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (unread.length === 0) submit(toDefinition(typed, parameters, toWhen(typed.rule)));
  };
  return (
    <Loaded query={strategies} shape="text">
      {({ strategies: all }) => (
        <form className="stack" onSubmit={send}>
          <Section title={texts.what}>
            <div className="stack">
              <Fields>
                <Field label={texts.name} error={refused.get("name")}>
                  <input
                    type="text"
                    required
                    maxLength={100}
                    value={typed.name}
                    onChange={(event) => change({ name: event.target.value })}
                  />
                </Field>
                <Field label={start.strategy} error={refused.get("strategy_name")}>
                  <select
                    value={typed.strategy}
                    onChange={(event) => change({ strategy: event.target.value, parameters: {} })}
                  >
                    {all.map(({ name }) => (
                      <option key={name}>{name}</option>
                    ))}
                  </select>
                </Field>
              </Fields>
              <details
                open={isOpen || [...errors.keys()].some((field) => field !== "")}
                onToggle={(event) => setOpen(event.currentTarget.open)}
              >
                <summary>{one.parameters}</summary>
                <SchemaForm
                  schema={schema}
                  typed={typed.parameters}
                  errors={errors}
                  change={(name, text) => change({ parameters: { ...typed.parameters, [name]: text } })}
                />
              </details>
              <Checked checked={checked} />
            </div>
          </Section>
          <Section title={texts.when}>
            <RuleForm rule={typed.rule} change={(changes) => change({ rule: { ...typed.rule, ...changes } })} />
          </Section>
          <Section title={texts.receiver}>
            <Fields>
              <Field label={texts.callback} error={refused.get("callback.url")}>
                <input
                  type="text"
                  value={typed.callback}
                  onChange={(event) => change({ callback: event.target.value })}
                />
              </Field>
              <Field label={start.format} error={refused.get("callback.format")}>
                <select
                  value={typed.format}
                  onChange={(event) => change({ format: event.target.value as Typed["format"] })}
                >
                  {formats.map((format) => (
                    <option key={format}>{format}</option>
                  ))}
                </select>
              </Field>
              <Field label={texts.notify}>
                <select
                  value={typed.notify}
                  onChange={(event) => change({ notify: event.target.value as Typed["notify"] })}
                >
                  {Object.entries(one.notified).map(([name, word]) => (
                    <option key={name} value={name}>
                      {word}
                    </option>
                  ))}
                </select>
              </Field>
              <Field
                label={texts.minTurnover}
                hint={texts.minTurnoverHint}
                error={refused.get("callback.min_turnover")}
              >
                <input
                  type="number"
                  step="any"
                  min={0}
                  max={1}
                  value={typed.minTurnover}
                  onChange={(event) => change({ minTurnover: event.target.value })}
                />
              </Field>
            </Fields>
          </Section>
          <Section title={texts.around}>
            <Fields>
              <Field label={texts.wait} error={refused.get("prices.wait_minutes")}>
                <input
                  type="number"
                  min={0}
                  max={10_080}
                  value={typed.wait}
                  onChange={(event) => change({ wait: event.target.value })}
                />
              </Field>
              <Field label={texts.catchUp}>
                <select
                  value={typed.catchUp}
                  onChange={(event) => change({ catchUp: event.target.value as Typed["catchUp"] })}
                >
                  {Object.entries(texts.catchUps).map(([name, word]) => (
                    <option key={name} value={name}>
                      {word}
                    </option>
                  ))}
                </select>
              </Field>
            </Fields>
          </Section>
          {error !== null && <Failure error={error} retry={again} />}
          <Submit>
            <Button type="submit" kind="main" disabled={busy}>
              {action}
            </Button>
          </Submit>
        </form>
      )}
    </Loaded>
  );
}
