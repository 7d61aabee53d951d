import type { Execution } from "@strategy-executor/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Outputs } from "../../../api/client.ts";
import { listOf } from "../../../api/queries.ts";
import { useFormats } from "../../../formats/formats.ts";
import { isLive } from "../../../live/switch.ts";
import { DataTable } from "../../../parts/data/data-table.tsx";
import { useCurl } from "../../../parts/data/curl.ts";
import { JsonView } from "../../../parts/data/json-view.tsx";
import { Loaded } from "../../../parts/feedback/loaded.tsx";
import { Empty } from "../../../parts/feedback/notice.tsx";
import { State } from "../../../parts/feedback/state.tsx";
import { Section } from "../../../parts/layout/page.tsx";
import { useStore } from "../../../settings/store.ts";
import { useTexts } from "../../../texts/texts.ts";
import { callbackStateOf } from "../../executions/columns.tsx";
import styles from "../execution.module.css";
import { CallbackRequest } from "./request.tsx";

type Attempt = Outputs["listDeliveryAttempts"]["attempts"][number];

/** The state of the callback: every attempt with its response, and the request itself. */
export function CallbackTab({ execution }: { readonly execution: Execution }) {
  const { execution: texts } = useTexts();
  if (execution.callback === null) return <Empty title={texts.callback.none} />;
  return (
    <>
      <Attempts execution={execution} callback={execution.callback} />
      {execution.completed_at !== null && <CallbackRequest id={execution.execution_id} />}
    </>
  );
}

function Attempts({
  execution,
  callback,
}: {
  readonly execution: Execution;
  readonly callback: NonNullable<Execution["callback"]>;
}) {
  const { callback: texts } = useTexts().execution;
  const formats = useFormats();
  const curlOf = useCurl();
  const live = useStore(isLive);
  const query = useQuery({
    ...listOf("listDeliveryAttempts", { execution_id: execution.execution_id, limit: 100 }),
    // The feed does not report delivery attempts. One can follow after the delivery, on request.
    refetchInterval: live && execution.completed_at !== null ? 2_000 : false,
  });
  useRereadExecution(execution, query.data?.attempts[0]?.ended_at);
  return (
    <Section title={texts.attempts}>
      <div className="stack">
        <dl className={styles.facts}>
          <dt>{texts.url}</dt>
          <dd>
            <code>{callback.url}</code>
          </dd>
          <dt>
            <State name={callbackStateOf(execution)} />
          </dt>
          <dd>
            {texts.made(formats.count(callback.attempts), formats.count(callback.max_attempts))}
            {callback.next_attempt_at !== null && `, ${texts.next(formats.instant(callback.next_attempt_at))}`}
          </dd>
        </dl>
        <Loaded query={query}>
          {({ attempts }) =>
            attempts.length === 0 ? (
              <p className="muted">{texts.noAttempts}</p>
            ) : (
              <>
                <DataTable<Attempt>
                  name={texts.attempts}
                  rows={attempts}
                  keyOf={({ number }) => number}
                  csv={`attempts-${execution.execution_id}`}
                  columns={[
                    {
                      head: texts.number,
                      cell: ({ number, redelivery }) => (redelivery ? `${number} (${texts.redelivery})` : number),
                      csv: ({ number }) => number,
                    },
                    { head: texts.state, cell: (attempt) => <State name={stateOf(attempt)} />, csv: stateOf },
                    {
                      head: texts.when,
                      cell: ({ started_at }) => formats.instant(started_at),
                      csv: ({ started_at }) => started_at,
                    },
                    {
                      head: texts.took,
                      number: true,
                      cell: ({ duration_ms }) => formats.duration(duration_ms),
                      csv: ({ duration_ms }) => duration_ms,
                      wide: true,
                    },
                    { head: texts.answer, cell: (attempt) => answerOf(attempt) || "–", csv: answerOf },
                    {
                      head: texts.signedBy,
                      cell: ({ signed_with }) => signed_with.join(", ") || "–",
                      csv: ({ signed_with }) => signed_with.join(" "),
                      wide: true,
                    },
                    {
                      head: texts.url,
                      cell: ({ url }) => <code>{url}</code>,
                      csv: ({ url }) => url,
                      wide: true,
                    },
                  ]}
                />
                {attempts.map((attempt) => (
                  <details key={attempt.number}>
                    <summary>{texts.inFull(attempt.number)}</summary>
                    <JsonView
                      label={texts.inFull(attempt.number)}
                      value={attempt}
                      curl={curlOf(`/executions/${execution.execution_id}/callback/attempts/`)}
                    />
                  </details>
                ))}
              </>
            )
          }
        </Loaded>
      </div>
    </Section>
  );
}

function answerOf({ response }: Attempt): string | number {
  if (response === null) return "";
  return "error" in response ? response.error : response.status_code;
}

function stateOf({ response }: Attempt): "running" | "delivered" | "failed" {
  if (response === null) return "running";
  return !("error" in response) && response.status_code >= 200 && response.status_code < 300 ? "delivered" : "failed";
}

/** Rereads the state of the callback when another attempt has ended. */
function useRereadExecution({ execution_id }: Execution, endedAt: string | null | undefined): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (typeof endedAt === "string") {
      void queries.invalidateQueries({ queryKey: ["getExecution", { execution_id }] });
    }
  }, [queries, execution_id, endedAt]);
}
