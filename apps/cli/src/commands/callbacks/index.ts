import type { Outputs } from "@strategy-executor/client";
import type { Command } from "commander";
import type { Session } from "../../connection/session.ts";
import { toExecutionId } from "../../input/arguments.ts";
import { seconds } from "../../terminal/numbers.ts";
import { type Column, type Format, printRows } from "../../terminal/table.ts";
import { remarkMore, withPage } from "../executions/list.ts";
import { withFormats } from "../format-options.ts";
import { addCallbackList } from "./list.ts";
import { addRedeliver } from "./redeliver.ts";
import { addTry } from "./try.ts";

interface PageOptions extends Format {
  readonly limit?: number;
  readonly cursor?: string;
}

type Attempt = Outputs["listDeliveryAttempts"]["attempts"][number];
type Receiver = Outputs["listReceivers"]["receivers"][number];

/** `callbacks`: shows deliveries and sends callbacks again. */
export function addCallbacks(program: Command, session: Session): void {
  const callbacks = program.command("callbacks").description("Manages callbacks and their receivers.");
  addCallbackList(callbacks, session);
  withFormats(withPage(callbacks.command("show")))
    .description("Shows every attempt to deliver the callback of an execution, newest first.")
    .argument("<id>", "number of the execution", toExecutionId)
    .action((id: number, options: PageOptions) => show(session, id, options));
  addRedeliver(callbacks, session);
  withFormats(callbacks.command("receivers"))
    .description("Lists recent receivers of callbacks, those with an open circuit first.")
    .action((options: Format) => receivers(session, options));
  addTry(callbacks, session);
}

async function show({ terminal, connect }: Session, id: number, options: PageOptions): Promise<void> {
  const { client, call } = await connect();
  const { json: _json, csv: _csv, ...page } = options;
  const answer = await client.executions.deliveryAttempts(id, page, call());
  printRows(terminal, options, { answer, columns: attemptColumns, rows: answer.attempts });
  remarkMore(terminal, options, answer.next_cursor);
}

async function receivers({ terminal, connect }: Session, options: Format): Promise<void> {
  const { client, call } = await connect();
  const answer = await client.procedures.listReceivers.query({}, call());
  printRows(terminal, options, { answer, columns: receiverColumns, rows: answer.receivers });
}

const attemptColumns: readonly Column<Attempt>[] = [
  { head: "number", value: ({ number }) => number },
  { head: "started_at", value: ({ started_at }) => seconds(started_at) },
  { head: "duration_ms", value: ({ duration_ms }) => duration_ms },
  {
    head: "answer",
    value: ({ response }) => (response === null ? null : "error" in response ? response.error : response.status_code),
  },
  { head: "redelivery", value: ({ redelivery }) => redelivery },
  { head: "signed_with", value: ({ signed_with }) => signed_with.join(" ") },
  { head: "url", value: ({ url }) => url },
];

const receiverColumns: readonly Column<Receiver>[] = [
  { head: "origin", value: ({ origin }) => origin },
  { head: "circuit", value: ({ circuit }) => circuit },
  { head: "failures", value: ({ failures }) => failures },
  { head: "under_way", value: ({ under_way }) => under_way },
  { head: "latency_ms", value: ({ latency_ms }) => latency_ms },
  { head: "open_until", value: ({ open_until }) => seconds(open_until) },
  { head: "delivered_at", value: ({ delivered_at }) => seconds(delivered_at) },
  { head: "failed_at", value: ({ failed_at }) => seconds(failed_at) },
];
