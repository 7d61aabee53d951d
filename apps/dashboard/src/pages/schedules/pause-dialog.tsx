import { useState } from "react";
import { useWrite } from "../../api/queries.ts";
import { Field } from "../../forms/field.tsx";
import { Confirm } from "../../parts/controls/dialog.tsx";
import { Failure } from "../../parts/feedback/failure.tsx";
import { useTexts } from "../../texts/texts.ts";

/** Pauses one or several schedules, with a note. */
export function PauseDialog({ ids, close }: { readonly ids: readonly number[]; readonly close: () => void }) {
  const { actions } = useTexts().schedules;
  const [note, setNote] = useState("");
  const pause = useWrite("pauseSchedule", ["listSchedules", "getSchedule", "listScheduleRuns"]);
  const run = async () => {
    const given = note.trim() === "" ? {} : { note: note.trim() };
    for (const schedule_id of ids) await pause.mutateAsync({ schedule_id, ...given });
    close();
  };
  return (
    <Confirm
      title={actions.pauseTitle}
      action={actions.pause}
      busy={pause.isPending}
      close={close}
      // The error is shown below.
      confirm={() => void run().catch(() => undefined)}
    >
      <p>{actions.pauseText}</p>
      <Field label={actions.note}>
        <input type="text" maxLength={200} value={note} onChange={(event) => setNote(event.target.value)} />
      </Field>
      {pause.error !== null && <Failure error={pause.error} retry={pause.again} />}
    </Confirm>
  );
}
