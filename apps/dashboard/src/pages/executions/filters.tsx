import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { queryOf } from "../../api/queries.ts";
import { useFormats } from "../../formats/formats.ts";
import { useTexts } from "../../texts/texts.ts";
import styles from "./executions.module.css";
import { useFilter } from "./filter.ts";
import type { ExecutionSearch } from "./to-input.ts";

const callbackStates = ["waiting", "due", "delivered", "given_up", "none"] as const;
const statuses = ["pending", "running", "completed", "failed", "cancelled"] as const;

/** The filters, and the active ones as chips that remove them. */
export function Filters() {
  const { executions: texts, shared } = useTexts();
  const { search, change } = useFilter();
  const { data } = useQuery({ ...queryOf("listStrategies", {}), staleTime: 60_000 });
  const { filters } = texts;
  return (
    <div className="stack">
      <div className={styles.filters}>
        <label>
          {filters.status}
          <select value={search.status ?? ""} onChange={(event) => change({ status: event.target.value })}>
            <option value="">{filters.all}</option>
            {statuses.map((status) => (
              <option key={status} value={status}>
                {shared.states[status]}
              </option>
            ))}
          </select>
        </label>
        <label>
          {filters.strategy}
          <select value={search.strategy ?? ""} onChange={(event) => change({ strategy: event.target.value })}>
            <option value="">{filters.all}</option>
            {data?.strategies.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          {filters.callback}
          <select value={search.callback ?? ""} onChange={(event) => change({ callback: event.target.value })}>
            <option value="">{filters.all}</option>
            {callbackStates.map((state) => (
              <option key={state} value={state}>
                {texts.callbackStates[state]}
              </option>
            ))}
          </select>
        </label>
        <label>
          {filters.since}
          <input type="date" value={search.since ?? ""} onChange={(event) => change({ since: event.target.value })} />
        </label>
        <LabelFilter value={search.label ?? ""} change={(label) => change({ label })} />
      </div>
      <Chips search={search} change={change} />
    </div>
  );
}

/** Applied when the user stops typing. */
function LabelFilter({ value, change }: { readonly value: string; readonly change: (value: string) => void }) {
  const { filters } = useTexts().executions;
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => change(text), 250);
    return () => clearTimeout(timer);
  });
  return (
    <label>
      {filters.label}
      <input
        type="text"
        maxLength={100}
        placeholder={filters.labelHint}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </label>
  );
}

function Chips({
  search,
  change,
}: {
  readonly search: ExecutionSearch;
  readonly change: (changes: Partial<ExecutionSearch>) => void;
}) {
  const { executions: texts, shared } = useTexts();
  const { filters } = texts;
  const { day } = useFormats();
  const { status, strategy, label, schedule, callback, since } = search;
  const chips: readonly (readonly [keyof ExecutionSearch, string | undefined])[] = [
    [
      "status",
      status
        ?.split(",")
        .map((name: string) => shared.states[name as (typeof statuses)[number]] ?? name)
        .join(", "),
    ],
    ["strategy", strategy],
    ["label", label],
    ["schedule", schedule && filters.schedule(schedule)],
    ["callback", callback && `${filters.callback}: ${texts.callbackStates[callback as "due"] ?? callback}`],
    ["since", since && filters.sinceDay(day(since))],
  ];
  const chosen = chips.filter(([, text]) => text !== undefined && text !== "");
  if (chosen.length === 0) return null;
  return (
    <div className={styles.chips}>
      {chosen.map(([name, text]) => (
        <button
          key={String(name)}
          type="button"
          className={styles.chip}
          aria-label={filters.remove(text!)}
          onClick={() => change({ [name]: undefined })}
        >
          {text} <span aria-hidden="true">×</span>
        </button>
      ))}
    </div>
  );
}
