import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Outputs } from "../../api/client.ts";
import { useWrite } from "../../api/queries.ts";
import { Button, ButtonLink } from "../../parts/controls/button.tsx";
import { Confirm } from "../../parts/controls/dialog.tsx";
import { Failure } from "../../parts/feedback/failure.tsx";
import { useTexts } from "../../texts/texts.ts";
import { BackfillDialog } from "./backfill-dialog.tsx";
import { PauseDialog } from "./pause-dialog.tsx";

const stale = ["getSchedule", "listScheduleRuns", "listSchedules"] as const;

/** The actions on a schedule. */
export function ScheduleActions({ schedule }: { readonly schedule: Outputs["getSchedule"] }) {
  const { actions } = useTexts().schedules;
  const navigate = useNavigate();
  const { schedule_id, paused_at } = schedule;
  const params = { id: String(schedule_id) };
  const [open, setOpen] = useState<"pause" | "backfill" | "remove" | null>(null);
  const trigger = useWrite("triggerSchedule", stale);
  const resume = useWrite("resumeSchedule", stale);
  const remove = useWrite("deleteSchedule", ["listSchedules"]);
  const error = trigger.error ?? resume.error;
  const close = (): void => setOpen(null);
  return (
    <>
      <Button needs="execute" kind="main" disabled={trigger.isPending} onClick={() => trigger.mutate({ schedule_id })}>
        {actions.trigger}
      </Button>
      {paused_at === null ? (
        <Button needs="execute" onClick={() => setOpen("pause")}>
          {actions.pause}
        </Button>
      ) : (
        <Button needs="execute" disabled={resume.isPending} onClick={() => resume.mutate({ schedule_id })}>
          {actions.resume}
        </Button>
      )}
      <Button needs="execute" onClick={() => setOpen("backfill")}>
        {actions.backfill}
      </Button>
      <ButtonLink needs="execute" to="/schedules/$id/edit" params={params}>
        {actions.edit}
      </ButtonLink>
      <ButtonLink needs="execute" to="/schedules/new" search={{ copy: params.id }}>
        {actions.duplicate}
      </ButtonLink>
      <Button needs="execute" kind="danger" onClick={() => setOpen("remove")}>
        {actions.remove}
      </Button>
      {error !== null && <Failure error={error} retry={trigger.error === null ? resume.again : trigger.again} />}
      {open === "pause" && <PauseDialog ids={[schedule_id]} close={close} />}
      {open === "backfill" && <BackfillDialog id={schedule_id} close={close} />}
      {open === "remove" && (
        <Confirm
          title={actions.removeTitle}
          action={actions.remove}
          danger
          busy={remove.isPending}
          close={close}
          confirm={() => remove.mutate({ schedule_id }, { onSuccess: () => void navigate({ to: "/schedules" }) })}
        >
          <p>{actions.removeText}</p>
          {remove.error !== null && <Failure error={remove.error} retry={remove.again} />}
        </Confirm>
      )}
    </>
  );
}
