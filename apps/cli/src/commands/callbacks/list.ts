import type { ExecutionSummary } from "@strategy-executor/client";
import { type Command, Option } from "commander";
import type { Session } from "../../connection/session.ts";
import { seconds } from "../../terminal/numbers.ts";
import { type Column, type Format, printRows } from "../../terminal/table.ts";
import { type FilterOptions, toFilter, withFilter } from "../executions/filter-options.ts";
import { callbackState, remarkMore, withPage } from "../executions/list.ts";
import { withFormats } from "../format-options.ts";

const states = ["waiting", "due", "delivered", "given_up"] as const;

interface ListOptions extends Format, FilterOptions {
  readonly state?: (typeof states)[number];
  readonly receiver?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

/** `callbacks ls`: the callbacks of executions, newest first. */
export function addCallbackList(callbacks: Command, session: Session): void {
  const command = callbacks
    .command("ls")
    .description("Lists the callbacks of executions, newest first. --json writes the executions.")
    .addOption(new Option("--state <state>", "only those in this state").choices([...states]))
    .option("--receiver <origin>", "only those to this receiver, such as https://example.org");
  withFormats(withPage(withFilter(command))).action((options: ListOptions) => list(session, options));
}

async function list({ terminal, connect }: Session, options: ListOptions): Promise<void> {
  const { state, receiver, limit, cursor } = options;
  const { client, call } = await connect();
  const answer = await client.executions.list(
    { ...toFilter(options), callback: state, receiver, limit, cursor },
    call(),
  );
  const rows = answer.executions.filter(({ callback }) => callback !== null);
  printRows(terminal, options, { answer, columns, rows });
  remarkMore(terminal, options, answer.next_cursor);
}

const columns: readonly Column<ExecutionSummary>[] = [
  { head: "execution_id", value: ({ execution_id }) => execution_id },
  { head: "state", value: callbackState },
  { head: "attempts", value: ({ callback }) => callback?.attempts },
  { head: "max_attempts", value: ({ callback }) => callback?.max_attempts },
  { head: "next_attempt_at", value: ({ callback }) => seconds(callback?.next_attempt_at ?? null) },
  { head: "answer", value: ({ callback }) => answerOf(callback?.response ?? null) },
  { head: "url", value: ({ callback }) => callback?.url },
];

type Response = NonNullable<ExecutionSummary["callback"]>["response"];

function answerOf(response: Response): string | number | null {
  if (response === null) return null;
  return "error" in response ? response.error : response.status_code;
}
