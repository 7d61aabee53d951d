import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { write } from "../../api/client.ts";
import { queryOf } from "../../api/queries.ts";
import { useFormats } from "../../formats/formats.ts";
import { Button } from "../../parts/controls/button.tsx";
import { Code } from "../../parts/data/json-view.tsx";
import { Failure } from "../../parts/feedback/failure.tsx";
import { Notice } from "../../parts/feedback/notice.tsx";
import { State } from "../../parts/feedback/state.tsx";
import { useTexts } from "../../texts/texts.ts";
import type { CallbackFormat } from "./call.ts";

/** Takes milliseconds, on synthetic prices. */
const sample = { strategy_name: "BoldAssetAllocation", parameters: { variant: "BAA-G4" } };

/** Sends a real callback to the typed address: that of a short execution, signed and formatted as every other. */
export function TestCallback({ url, format }: { readonly url: string; readonly format: CallbackFormat }) {
  const { test: texts } = useTexts().start;
  const send = useMutation({
    mutationFn: () =>
      write("executeStrategy", {
        ...sample,
        label: texts.label,
        callback_url: url,
        ...(format !== "json" && { callback_format: format }),
      }),
  });
  return (
    <div className="stack">
      <div className="row">
        <Button needs="execute" disabled={url === "" || send.isPending} onClick={() => send.mutate()}>
          {texts.send}
        </Button>
        <span className="small muted">{texts.hint}</span>
      </div>
      {send.error !== null && <Failure error={send.error} retry={() => send.mutate()} />}
      {send.data !== undefined && <Outcome key={send.data.execution_id} id={send.data.execution_id} />}
    </div>
  );
}

/** What the receiver answered. */
function Outcome({ id }: { readonly id: number }) {
  const { test: texts } = useTexts().start;
  const { duration } = useFormats();
  const { data, error } = useQuery({
    ...queryOf("listDeliveryAttempts", { execution_id: id, limit: 1 }),
    // The feed does not report delivery attempts.
    refetchInterval: ({ state }) => (isAnswered(state.data?.attempts[0]) ? false : 500),
  });
  const attempt = data?.attempts[0];
  const link = (
    <Link to="/executions/$id" params={{ id: String(id) }} search={{ tab: "callback" }}>
      {texts.open}
    </Link>
  );
  if (error !== null) return <Failure error={error} />;
  if (!isAnswered(attempt)) {
    return (
      <p aria-live="polite">
        <State name="running" /> {texts.sending} {link}
      </p>
    );
  }
  const { response, duration_ms } = attempt;
  const isTaken = "status_code" in response && response.status_code >= 200 && response.status_code < 300;
  return (
    <Notice tone={isTaken ? "good" : "bad"}>
      <p>
        {"error" in response
          ? texts.failed(response.error)
          : texts.answered(String(response.status_code), duration(duration_ms))}{" "}
        {link}
      </p>
      {"response_text" in response && response.response_text !== "" && (
        <Code label={texts.answer} text={response.response_text} />
      )}
    </Notice>
  );
}

function isAnswered<Attempt extends { readonly response: unknown }>(
  attempt: Attempt | undefined,
): attempt is Attempt & { readonly response: NonNullable<Attempt["response"]> } {
  return attempt !== undefined && attempt.response !== null;
}
