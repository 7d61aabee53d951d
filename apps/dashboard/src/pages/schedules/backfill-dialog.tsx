import { useState } from "react";
import { useWrite } from "../../api/queries.ts";
import { Field, Fields } from "../../forms/field.tsx";
import { useFormats } from "../../formats/formats.ts";
import { Confirm } from "../../parts/controls/dialog.tsx";
import { Failure } from "../../parts/feedback/failure.tsx";
import { Notice } from "../../parts/feedback/notice.tsx";
import { useTexts } from "../../texts/texts.ts";

/** Submits the fires of a past period. */
export function BackfillDialog({ id, close }: { readonly id: number; readonly close: () => void }) {
  const { actions } = useTexts().schedules;
  const { count } = useFormats();
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [callbacks, setCallbacks] = useState(false);
  const backfill = useWrite("backfillSchedule", ["listScheduleRuns"]);
  return (
    <Confirm
      title={actions.backfillTitle}
      action={actions.backfill}
      busy={backfill.isPending}
      disabled={from === "" || to === ""}
      close={close}
      confirm={() => backfill.mutate({ schedule_id: id, from, to, callbacks })}
    >
      <p>{actions.backfillText}</p>
      <Fields>
        <Field label={actions.from}>
          <input type="date" value={from} onChange={(event) => setFrom(event.target.value)} />
        </Field>
        <Field label={actions.to}>
          <input type="date" value={to} onChange={(event) => setTo(event.target.value)} />
        </Field>
      </Fields>
      <label>
        <input type="checkbox" checked={callbacks} onChange={(event) => setCallbacks(event.target.checked)} />{" "}
        {actions.callbacks}
      </label>
      {backfill.data !== undefined && (
        <Notice tone="good">{actions.backfilled(count(backfill.data.backfilled))}</Notice>
      )}
      {backfill.error !== null && <Failure error={backfill.error} retry={backfill.again} />}
    </Confirm>
  );
}
