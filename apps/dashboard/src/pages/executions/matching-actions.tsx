import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Inputs, write } from "../../api/client.ts";
import { useFormats } from "../../formats/formats.ts";
import { Button } from "../../parts/controls/button.tsx";
import { Confirm } from "../../parts/controls/dialog.tsx";
import { Failure } from "../../parts/feedback/failure.tsx";
import { useTexts } from "../../texts/texts.ts";

type Filter<Name extends Bulk["name"]> = Omit<Inputs[Name], "cursor" | "dry_run" | "ids" | "limit">;
type Bulk =
  | { readonly name: "cancelExecutions"; readonly filter: Filter<"cancelExecutions"> }
  | { readonly name: "redeliverCallbacks"; readonly filter: Filter<"redeliverCallbacks"> };

/** Cancels executions or redelivers callbacks: all that match the filter, after showing how many those are. */
export function MatchingAction(bulk: Bulk) {
  const { actions } = useTexts().executions;
  const [isAsking, ask] = useState(false);
  return (
    <>
      <Button needs="execute" onClick={() => ask(true)}>
        {bulk.name === "cancelExecutions" ? actions.cancelAll : actions.redeliverAll}
      </Button>
      {isAsking && <Ask bulk={bulk} close={() => ask(false)} />}
    </>
  );
}

function Ask({ bulk, close }: { readonly bulk: Bulk; readonly close: () => void }) {
  const { executions: texts, shared } = useTexts();
  const { actions } = texts;
  const { count } = useFormats();
  const queries = useQueryClient();
  // What was counted is what will be changed, whatever the page shows meanwhile.
  const [asked] = useState(bulk);
  const isCancel = asked.name === "cancelExecutions";
  const counted = useQuery({
    queryKey: [asked.name, asked.filter],
    queryFn: () => throughPages(asked, true),
    staleTime: 0,
    gcTime: 0,
  });
  const [state, setState] = useState<"asking" | "busy" | { readonly error: unknown }>("asking");
  const run = async () => {
    setState("busy");
    try {
      await throughPages(asked, false);
    } catch (error) {
      return setState({ error });
    }
    await queries.invalidateQueries({ queryKey: ["listExecutions"] });
    close();
  };
  return (
    <Confirm
      title={isCancel ? actions.cancelTitle : actions.redeliverTitle}
      action={isCancel ? actions.cancel : actions.redeliver}
      danger={isCancel}
      busy={state === "busy"}
      disabled={(counted.data ?? 0) === 0}
      confirm={() => void run()}
      close={close}
    >
      <p aria-live="polite">
        {counted.data === undefined
          ? actions.counting
          : counted.data === 0
            ? actions.noneMatch
            : actions.matching(shared.counted.executions(count(counted.data)))}
      </p>
      {counted.error !== null && <Failure error={counted.error} retry={() => void counted.refetch()} />}
      {typeof state === "object" && <Failure error={state.error} retry={() => void run()} />}
    </Confirm>
  );
}

/** Calls the operation page by page, and returns the number of executions. */
async function throughPages(bulk: Bulk, isDry: boolean): Promise<number> {
  let count = 0;
  let cursor: string | null = null;
  do {
    const more = { dry_run: isDry, ...(cursor !== null && { cursor }) };
    const page: { readonly count: number; readonly next: string | null } = await callOnce(bulk, more);
    count += page.count;
    cursor = page.next;
  } while (cursor !== null);
  return count;
}

async function callOnce(bulk: Bulk, more: { readonly dry_run: boolean; readonly cursor?: string }) {
  if (bulk.name === "cancelExecutions") {
    const { cancelled, next_cursor } = await write(bulk.name, { ...bulk.filter, ...more });
    return { count: cancelled, next: next_cursor };
  }
  const { redelivered, next_cursor } = await write(bulk.name, { ...bulk.filter, ...more });
  return { count: redelivered, next: next_cursor };
}
