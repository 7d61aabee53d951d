import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Inputs, Outputs } from "../../api/client.ts";
import { queryOf, useWrite } from "../../api/queries.ts";
import { useMay, useSession } from "../../api/session.ts";
import { useFormats } from "../../formats/formats.ts";
import { Field, Fields, Submit } from "../../forms/field.tsx";
import { Button } from "../../parts/controls/button.tsx";
import { Confirm } from "../../parts/controls/dialog.tsx";
import { DataTable } from "../../parts/data/data-table.tsx";
import { Failure } from "../../parts/feedback/failure.tsx";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { Section } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import styles from "./settings.module.css";

type Exception = Outputs["getCalendar"]["exceptions"][number];
type Change = Inputs["setExchangeDay"];

/** Exceptions are shown from a year ago until two years ahead. */
const [daysBefore, daysAfter] = [366, 732];

/** Days on which an exchange does not follow its rules. Administrators set them. */
export function ExchangeDays() {
  const { exchangeDays: texts } = useTexts().settings;
  const [exchange, setExchange] = useState("XNYS");
  const [range] = useState(() => ({ from: dayIn(-daysBefore), to: dayIn(daysAfter) }));
  const names = useSession().data?.exchanges ?? [exchange];
  const mayChange = useMay("admin");
  const query = useQuery(queryOf("getCalendar", { exchange, ...range }));
  const [asked, ask] = useState<Change | null>(null);
  return (
    <Section
      title={texts.title}
      note={texts.note}
      actions={
        <select aria-label={texts.exchange} value={exchange} onChange={({ target }) => setExchange(target.value)}>
          {names.map((name) => (
            <option key={name} value={name}>
              {(texts.exchanges as Readonly<Record<string, string>>)[name] ?? name}
            </option>
          ))}
        </select>
      }
    >
      <div className="stack">
        <Loaded query={query} shape="text">
          {(calendar) => (
            <>
              <Facts calendar={calendar} />
              {calendar.exceptions.length === 0 ? (
                <p className="muted">{texts.empty}</p>
              ) : (
                <Exceptions exchange={exchange} days={calendar.exceptions} ask={ask} />
              )}
            </>
          )}
        </Loaded>
        {mayChange && <DayForm key={exchange} exchange={exchange} ask={ask} />}
      </div>
      {asked !== null && <ConfirmDay change={asked} close={() => ask(null)} />}
    </Section>
  );
}

/** The next sessions that close early, and how far the calendar reaches. */
function Facts({ calendar }: { readonly calendar: Outputs["getCalendar"] }) {
  const { exchangeDays: texts } = useTexts().settings;
  const { day } = useFormats();
  const today = dayIn(0);
  const early = calendar.sessions.filter((session) => session.early && session.day >= today).slice(0, 3);
  return (
    <dl className={styles.facts}>
      <dt>{texts.zone}</dt>
      <dd>{calendar.time_zone}</dd>
      <dt>{texts.monthEnd}</dt>
      <dd>{day(calendar.month_ends.find((end) => end >= today))}</dd>
      <dt>{texts.early}</dt>
      <dd>{early.map((session) => `${day(session.day)} ${session.close}`).join(" · ") || "–"}</dd>
      {calendar.horizon !== null && (
        <>
          <dt>{texts.horizon}</dt>
          <dd>{day(calendar.horizon)}</dd>
        </>
      )}
    </dl>
  );
}

function Exceptions({
  exchange,
  days,
  ask,
}: {
  readonly exchange: string;
  readonly days: readonly Exception[];
  readonly ask: (change: Change) => void;
}) {
  const { settings, shared } = useTexts();
  const { exchangeDays: texts } = settings;
  const formats = useFormats();
  return (
    <DataTable<Exception>
      name={texts.title}
      rows={days}
      keyOf={({ day }) => day}
      csv={`exchange-days-${exchange}`}
      columns={[
        { head: texts.day, cell: ({ day }) => formats.day(day), csv: ({ day }) => day },
        {
          head: texts.trades,
          cell: ({ session, close }) => (session === true ? texts.open(close) : texts.closed),
          csv: ({ session, close }) => (session === true ? (close ?? "open") : "closed"),
        },
        { head: texts.reason, cell: ({ note }) => note ?? "–", csv: ({ note }) => note },
        {
          head: <span className="hidden">{shared.words.more}</span>,
          cell: ({ day }) => (
            <Button
              needs="admin"
              kind="quiet"
              aria-label={`${texts.restore}: ${formats.day(day)}`}
              onClick={() => ask({ exchange, day, session: null })}
            >
              {texts.restore}
            </Button>
          ),
        },
      ]}
    />
  );
}

function DayForm({ exchange, ask }: { readonly exchange: string; readonly ask: (change: Change) => void }) {
  const { exchangeDays: texts } = useTexts().settings;
  const [day, setDay] = useState("");
  const [kind, setKind] = useState<"closed" | "open">("closed");
  const [close, setClose] = useState("");
  const [note, setNote] = useState("");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    ask({
      exchange,
      day,
      session: kind === "open",
      ...(kind === "open" && close !== "" && { close }),
      ...(note.trim() !== "" && { note: note.trim() }),
    });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <Fields>
        <Field label={texts.day}>
          <input type="date" required value={day} onChange={({ target }) => setDay(target.value)} />
        </Field>
        <Field label={texts.trades}>
          <select value={kind} onChange={({ target }) => setKind(target.value === "open" ? "open" : "closed")}>
            <option value="closed">{texts.closed}</option>
            <option value="open">{texts.open(null)}</option>
          </select>
        </Field>
        <Field label={texts.close} hint={texts.closeHint}>
          <input
            type="time"
            disabled={kind === "closed"}
            value={kind === "closed" ? "" : close}
            onChange={({ target }) => setClose(target.value)}
          />
        </Field>
        <Field label={texts.reason}>
          <input type="text" maxLength={200} value={note} onChange={({ target }) => setNote(target.value)} />
        </Field>
      </Fields>
      <Submit>
        <Button type="submit">{texts.set}</Button>
      </Submit>
    </form>
  );
}

/** Says what the rules say and what will hold instead. */
function ConfirmDay({ change, close }: { readonly change: Change; readonly close: () => void }) {
  const { exchangeDays: texts } = useTexts().settings;
  const formats = useFormats();
  const { exchange, day, session } = change;
  const set = useWrite("setExchangeDay", ["getCalendar", "listSchedules", "getSchedule", "listPrices"]);
  const now = useQuery(queryOf("getCalendar", { exchange, from: day, to: day }));
  const current = now.data?.sessions[0];
  return (
    <Confirm
      title={texts.confirmTitle(formats.day(day))}
      action={session === null ? texts.restore : texts.set}
      danger={session !== null}
      busy={set.isPending}
      close={close}
      confirm={() => set.mutate(change, { onSuccess: close })}
    >
      <p>
        {texts.change(
          exchange,
          now.data === undefined ? "…" : current === undefined ? texts.closed : texts.open(current.close),
          session === null ? texts.byRules : session === true ? texts.open(change.close ?? null) : texts.closed,
        )}
      </p>
      <p className="muted">{texts.consequence}</p>
      {set.error !== null && <Failure error={set.error} retry={set.again} />}
    </Confirm>
  );
}

/** The day so many days from now, in UTC. */
function dayIn(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}
