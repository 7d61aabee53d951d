import type { Execution } from "@strategy-executor/client";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { serviceUrl } from "../../api/base-path.ts";
import { useWrite } from "../../api/queries.ts";
import { Button, ButtonAnchor, ButtonLink } from "../../parts/controls/button.tsx";
import { CopyButton } from "../../parts/controls/copy-button.tsx";
import { Confirm } from "../../parts/controls/dialog.tsx";
import { Failure } from "../../parts/feedback/failure.tsx";
import { useTexts } from "../../texts/texts.ts";

/** The actions on an execution. */
export function Actions({ execution }: { readonly execution: Execution }) {
  const { execution: texts, shared } = useTexts();
  const { actions } = texts;
  const navigate = useNavigate();
  const id = execution.execution_id;
  const from = String(id);
  const isOver = execution.completed_at !== null;
  return (
    <>
      {execution.kind === "execution" && (
        <Button
          needs="execute"
          kind={execution.status === "failed" ? "main" : "plain"}
          onClick={() => void navigate({ to: "/new", search: { from } })}
        >
          {actions.runAgain}
        </Button>
      )}
      {!isOver && <CancelButton id={id} />}
      {isOver && execution.callback !== null && <RedeliverButton id={id} />}
      {execution.status === "completed" && (
        <>
          <ButtonLink to="/compare" search={{ ids: from }}>
            {actions.compare}
          </ButtonLink>
          <ButtonLink needs="execute" to="/schedules/new" search={{ from }}>
            {actions.schedule}
          </ButtonLink>
          <ButtonAnchor href={serviceUrl(`/executions/${id}/report/?format=html`)} target="_blank" rel="noreferrer">
            {actions.report}
          </ButtonAnchor>
        </>
      )}
      <CopyButton text={() => location.href} label={shared.words.copyLink} />
    </>
  );
}

function CancelButton({ id }: { readonly id: number }) {
  const { actions } = useTexts().execution;
  const [isAsking, ask] = useState(false);
  const cancel = useWrite("cancelExecution", ["getExecution", "listExecutions"]);
  return (
    <>
      <Button needs="execute" kind="danger" onClick={() => ask(true)}>
        {actions.cancel}
      </Button>
      {isAsking && (
        <Confirm
          title={actions.cancelTitle(id)}
          action={actions.cancel}
          danger
          busy={cancel.isPending}
          confirm={() => cancel.mutate({ execution_id: id }, { onSuccess: () => ask(false) })}
          close={() => ask(false)}
        >
          <p>{actions.cancelText}</p>
          {cancel.error !== null && <Failure error={cancel.error} retry={cancel.again} />}
        </Confirm>
      )}
    </>
  );
}

/** Redelivers the callback. */
function RedeliverButton({ id }: { readonly id: number }) {
  const { actions, callback } = useTexts().execution;
  const redeliver = useWrite("redeliverCallback", ["getExecution", "listDeliveryAttempts"]);
  return (
    <>
      <Button needs="execute" disabled={redeliver.isPending} onClick={() => redeliver.mutate({ execution_id: id })}>
        {actions.redeliver}
      </Button>
      <span aria-live="polite" className="hidden">
        {redeliver.isSuccess ? callback.sent : ""}
      </span>
      {redeliver.error !== null && <Failure error={redeliver.error} retry={redeliver.again} />}
    </>
  );
}
