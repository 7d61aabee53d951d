import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Inputs, write } from "../../api/client.ts";
import { useFormats } from "../../formats/formats.ts";
import { Button } from "../../parts/controls/button.tsx";
import { Confirm } from "../../parts/controls/dialog.tsx";
import { Failure } from "../../parts/feedback/failure.tsx";
import { useTexts } from "../../texts/texts.ts";

type Filter = Omit<Inputs["cancelExecutions"], "cursor" | "dry_run" | "ids">;

/** Cancels everything that matches the filter, after saying how much that is. */
export function CancelMatching({ filter }: { readonly filter: Filter }) {
  const { actions } = useTexts().executions;
  const [isAsking, ask] = useState(false);
  return (
    <>
      <Button needs="execute" onClick={() => ask(true)}>
        {actions.cancelAll}
      </Button>
      {isAsking && <Ask filter={filter} close={() => ask(false)} />}
    </>
  );
}

function Ask({ filter, close }: { readonly filter: Filter; readonly close: () => void }) {
  const { executions: texts, shared } = useTexts();
  const { actions } = texts;
  const { count } = useFormats();
  const queries = useQueryClient();
  const dry = useQuery({
    queryKey: ["cancelExecutions", filter],
    queryFn: () => throughPages(filter, true),
    staleTime: 0,
    gcTime: 0,
  });
  const [state, setState] = useState<"asking" | "busy" | { readonly error: unknown }>("asking");
  const run = async () => {
    setState("busy");
    await throughPages(filter, false);
    await queries.invalidateQueries({ queryKey: ["listExecutions"] });
    close();
  };
  return (
    <Confirm
      title={actions.cancelTitle}
      action={actions.cancel}
      danger
      busy={state === "busy"}
      disabled={(dry.data ?? 0) === 0}
      confirm={() => void run().catch((error: unknown) => setState({ error }))}
      close={close}
    >
      <p aria-live="polite">
        {dry.data === undefined
          ? actions.counting
          : dry.data === 0
            ? actions.noneMatch
            : actions.matching(shared.counted.executions(count(dry.data)))}
      </p>
      {dry.error !== null && <Failure error={dry.error} />}
      {typeof state === "object" && <Failure error={state.error} />}
    </Confirm>
  );
}

/** One call looks at 500 executions. */
async function throughPages(filter: Filter, isDry: boolean): Promise<number> {
  let cancelled = 0;
  let cursor: string | null = null;
  do {
    const page: { cancelled: number; next_cursor: string | null } = await write("cancelExecutions", {
      ...filter,
      dry_run: isDry,
      ...(cursor !== null && { cursor }),
    });
    cancelled += page.cancelled;
    cursor = page.next_cursor;
  } while (cursor !== null);
  return cancelled;
}
