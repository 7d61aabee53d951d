import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useId } from "react";
import { failureOf, refusedFields } from "../../../api/errors.ts";
import { queryOf } from "../../../api/queries.ts";
import { Field, Fields } from "../../../forms/field.tsx";
import { useFormats } from "../../../formats/formats.ts";
import { Notice } from "../../../parts/feedback/notice.tsx";
import { useTexts } from "../../../texts/texts.ts";
import { exchanges, type Rule, sessionDays, toWhen } from "./rule.ts";

/** The rule of a schedule, with a preview of its next ten fires. What the preview refuses is told at its field. */
export function RuleForm({ rule, change }: { readonly rule: Rule; readonly change: (changes: Partial<Rule>) => void }) {
  const { form: texts } = useTexts().schedules;
  const zones = useId();
  const isCron = rule.kind === "cron";
  const preview = usePreview(rule);
  const refused = refusedFields(preview.error);
  return (
    <div className="stack">
      <Fields>
        <Field label={texts.kind}>
          <select value={rule.kind} onChange={(event) => change({ kind: event.target.value as Rule["kind"] })}>
            <option value="sessions">{texts.kinds.sessions}</option>
            <option value="cron">{texts.kinds.cron}</option>
          </select>
        </Field>
        <Field label={texts.exchange} error={refused.get("when.exchange")}>
          <select
            value={rule.exchange}
            onChange={(event) => change({ exchange: event.target.value as Rule["exchange"] })}
          >
            {isCron && <option value="">–</option>}
            {exchanges.map((exchange) => (
              <option key={exchange}>{exchange}</option>
            ))}
          </select>
        </Field>
        {isCron ? (
          <Field label={texts.cron} hint={texts.cronHint} error={refused.get("when.cron")}>
            <input type="text" value={rule.cron} onChange={(event) => change({ cron: event.target.value })} />
          </Field>
        ) : (
          <>
            <Field label={texts.days}>
              <select value={rule.days} onChange={(event) => change({ days: event.target.value as Rule["days"] })}>
                {sessionDays.map((days) => (
                  <option key={days} value={days}>
                    {texts.daysOf[days]}
                  </option>
                ))}
              </select>
            </Field>
            <Field label={texts.time}>
              <select value={rule.time} onChange={(event) => change({ time: event.target.value as Rule["time"] })}>
                <option value="after">{texts.times.after}</option>
                <option value="before">{texts.times.before}</option>
                <option value="at">{texts.times.at}</option>
              </select>
            </Field>
            {rule.time === "at" ? (
              <Field label={texts.clock} error={refused.get("when.time")}>
                <input type="time" value={rule.clock} onChange={(event) => change({ clock: event.target.value })} />
              </Field>
            ) : (
              <Field
                label={texts.minutes}
                error={refused.get(`when.time.${rule.time}_close`) ?? refused.get("when.time")}
              >
                <input
                  type="number"
                  min={0}
                  max={1440}
                  value={rule.minutes}
                  onChange={(event) => change({ minutes: event.target.value })}
                />
              </Field>
            )}
            <Field label={texts.offset} hint={texts.offsetHint} error={refused.get("when.offset")}>
              <input
                type="number"
                min={-10}
                max={10}
                value={rule.offset}
                onChange={(event) => change({ offset: event.target.value })}
              />
            </Field>
            <Field label={texts.dayOffset} hint={texts.dayOffsetHint} error={refused.get("when.day_offset")}>
              <input
                type="number"
                min={0}
                max={3}
                value={rule.dayOffset}
                onChange={(event) => change({ dayOffset: event.target.value })}
              />
            </Field>
          </>
        )}
        <Field label={texts.zone} hint={isCron ? undefined : texts.zoneHint} error={refused.get("when.time_zone")}>
          <input
            type="text"
            list={zones}
            value={rule.zone}
            placeholder={isCron ? "UTC" : ""}
            onChange={(event) => change({ zone: event.target.value })}
          />
        </Field>
        <datalist id={zones}>
          {["America/New_York", "Asia/Seoul", "Europe/London", "UTC"].map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </Fields>
      <NextFires preview={preview} />
    </div>
  );
}

function usePreview(rule: Rule) {
  const when = toWhen(useDeferredValue(rule));
  return useQuery({
    ...queryOf("previewSchedule", { when, count: 10 }),
    retry: false,
    placeholderData: keepPreviousData,
  });
}

function NextFires({ preview }: { readonly preview: ReturnType<typeof usePreview> }) {
  const { form: texts } = useTexts().schedules;
  const formats = useFormats();
  const name = useId();
  if (preview.error !== null) {
    const failure = failureOf(preview.error);
    return <Notice tone="warn">{failure.kind === "refused" ? failure.message : texts.invalid}</Notice>;
  }
  const { description, fires = [], warnings = [] } = preview.data ?? {};
  return (
    <div>
      <h3 id={name}>{texts.next}</h3>
      <p className="muted small">{description}</p>
      {warnings.map((warning) => (
        <Notice key={warning} tone="warn">
          {warning}
        </Notice>
      ))}
      <ol aria-labelledby={name}>
        {fires.map(({ fire_at, local, trading_day }) => (
          <li key={fire_at}>
            <span className="number">{local.replace("T", " ")}</span>{" "}
            <span className="muted small">
              {trading_day !== null && formats.day(trading_day)} · {formats.instant(fire_at)}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
