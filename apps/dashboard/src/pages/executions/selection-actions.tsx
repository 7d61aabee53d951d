import { useNavigate } from "@tanstack/react-router";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { write } from "../../api/client.ts";
import { useFormats } from "../../formats/formats.ts";
import { Button } from "../../parts/controls/button.tsx";
import { Confirm } from "../../parts/controls/dialog.tsx";
import { Failure } from "../../parts/feedback/failure.tsx";
import { useTexts } from "../../texts/texts.ts";
import type { ExecutionRow } from "./use-executions.ts";

type Action = "cancel" | "redeliver";

/** The actions on the selected rows, for a row of buttons. */
export function SelectionActions({
  selected,
  only = ["again", "compare", "cancel", "redeliver"],
}: {
  readonly selected: readonly ExecutionRow[];
  readonly only?: readonly ("again" | "compare" | Action)[];
}) {
  const { executions: texts, shared } = useTexts();
  const { actions } = texts;
  const formats = useFormats();
  const navigate = useNavigate();
  const [asking, setAsking] = useState<Action | null>(null);
  const ids = {
    cancel: selected.filter(({ completed_at }) => completed_at === null).map(({ execution_id }) => execution_id),
    redeliver: selected
      .filter(({ callback, completed_at }) => callback !== null && completed_at !== null)
      .map(({ execution_id }) => execution_id),
  };
  const compare = selected.map(({ execution_id }) => execution_id).toSorted((a, b) => a - b);
  return (
    <>
      {only.includes("again") && (
        <Button
          needs="execute"
          disabled={selected.length !== 1 || selected[0]!.kind === "sweep"}
          title={actions.runAgainHint}
          onClick={() => void navigate({ to: "/new", search: { from: String(selected[0]!.execution_id) } })}
        >
          {actions.runAgain}
        </Button>
      )}
      {only.includes("compare") && (
        <Button
          disabled={compare.length < 2 || compare.length > 8}
          title={actions.compareHint}
          onClick={() => void navigate({ to: "/compare", search: { ids: compare.join(",") } })}
        >
          {actions.compare}
        </Button>
      )}
      {only.includes("cancel") && (
        <Button needs="execute" disabled={ids.cancel.length === 0} onClick={() => setAsking("cancel")}>
          {actions.cancel}
        </Button>
      )}
      {only.includes("redeliver") && (
        <Button needs="execute" disabled={ids.redeliver.length === 0} onClick={() => setAsking("redeliver")}>
          {actions.redeliver}
        </Button>
      )}
      {selected.length > 0 && <span className="muted small">{texts.chosen(formats.count(selected.length))}</span>}
      {asking !== null && (
        <Ask action={asking} ids={ids[asking]} close={() => setAsking(null)}>
          {shared.counted.executions(formats.count(ids[asking].length))}
        </Ask>
      )}
    </>
  );
}

/** Asks for confirmation, applies the action to each row, then refetches. */
function Ask({
  action,
  ids,
  close,
  children,
}: {
  readonly action: Action;
  readonly ids: readonly number[];
  readonly close: () => void;
  readonly children: string;
}) {
  const { actions } = useTexts().executions;
  const queries = useQueryClient();
  const [state, setState] = useState<"asking" | "busy" | { readonly error: unknown; readonly rest: readonly number[] }>(
    "asking",
  );
  const run = async (wanted: readonly number[]) => {
    setState("busy");
    const name = action === "cancel" ? "cancelExecution" : "redeliverCallback";
    const outcomes = await Promise.allSettled(wanted.map((execution_id) => write(name, { execution_id })));
    await queries.invalidateQueries({ queryKey: ["listExecutions"] });
    const failed = outcomes.find((outcome) => outcome.status === "rejected");
    if (failed === undefined) close();
    else setState({ error: failed.reason, rest: wanted.filter((_, at) => outcomes[at]!.status === "rejected") });
  };
  return (
    <Confirm
      title={action === "cancel" ? actions.cancelTitle : actions.redeliverTitle}
      action={action === "cancel" ? actions.cancel : actions.redeliver}
      danger={action === "cancel"}
      busy={state === "busy"}
      confirm={() => void run(ids)}
      close={close}
    >
      <p>{children}</p>
      {typeof state === "object" && <Failure error={state.error} retry={() => void run(state.rest)} />}
    </Confirm>
  );
}
