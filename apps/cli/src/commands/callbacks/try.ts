import { setTimeout } from "node:timers/promises";
import type { ExecutionCallback } from "@strategy-executor/client/callbacks";
import type { Command } from "commander";
import { EndedBadlyError } from "../../connection/failure.ts";
import type { Session } from "../../connection/session.ts";
import { toPositive } from "../../input/arguments.ts";
import { readObject } from "../../input/parameters.ts";
import { printJson } from "../../terminal/table.ts";
import { print } from "../../terminal/terminal.ts";

interface TryOptions {
  readonly strategy: string;
  readonly parameters: string;
  readonly timeout: number;
  readonly callbackHost: string;
  readonly json?: boolean;
}

const pollMs = 200;

/** `callbacks try`: submits an execution and waits for its callback. */
export function addTry(callbacks: Command, session: Session): void {
  callbacks
    .command("try")
    .description("Submits a strategy and waits here for its callback.")
    .option("--strategy <name>", "strategy to run", "BoldAssetAllocation")
    .option("--parameters <json>", "its parameters, a JSON object", "{}")
    .option("--timeout <seconds>", "longest wait for the callback", toPositive(3_600, "seconds"), 30)
    .option(
      "--callback-host <name>",
      "name by which the server reaches this machine, such as host.docker.internal",
      "localhost",
    )
    .option("--json", "print submission, acceptance, callback and delivery record as one JSON object")
    .action((options: TryOptions) => tryCallback(session, options));
}

/** @throws EndedBadlyError when no callback came, with the reason if it is known */
async function tryCallback(
  { terminal, connect }: Session,
  { strategy, parameters: given, timeout, callbackHost, json = false }: TryOptions,
): Promise<void> {
  const parameters = readObject(given, "--parameters");
  const { client, call } = await connect();
  // Checking a callback takes a library that no other command needs.
  const { startCallbackReceiver } = await import("./callback-receiver.ts");
  await using receiver = await startCallbackReceiver(callbackHost);
  const deadline = performance.now() + timeout * 1000;
  const submission = { strategy_name: strategy, parameters, callback_url: receiver.url };
  const accepted = await client.procedures.executeStrategy.mutate(submission, call());
  const id = accepted.execution_id;
  const show = (label: string, text: string) => {
    if (!json) print(terminal, `${label.padEnd(10)} ${text}`);
  };
  show("submitted", `${strategy} ${JSON.stringify(parameters)}, callback to ${receiver.url}`);
  show("accepted", `execution ${id}`);

  let shown = "";
  for (;;) {
    const { status, error_message, callback } = await client.executions.get(id, call());
    const arrived = receiver.callbackOf(id);
    if (status !== shown) show("status", error_message === undefined ? status : `${status}: ${error_message}`);
    shown = status;
    if (arrived !== undefined && callback?.sent === true) {
      show("callback", summaryOf(arrived));
      show("recorded", `delivered at ${callback.sent_at}, answered with ${answerOf(callback.response)}`);
      if (json) printJson(terminal, { submission, accepted, callback: arrived, recorded: callback });
      return;
    }
    if (performance.now() > deadline) {
      const missing = arrived === undefined ? "No callback came" : "The callback came but was not recorded";
      const recorded = callback?.response ?? null;
      const reason = recorded === null ? "" : `; the server recorded: ${answerOf(recorded)}`;
      throw new EndedBadlyError(`${missing} within ${timeout} s; the execution is ${status}${reason}`);
    }
    await setTimeout(pollMs, undefined, { signal: terminal.signal });
  }
}

function answerOf(response: { readonly error: string } | { readonly status_code: number } | null): string {
  if (response === null) return "nothing";
  return "error" in response ? response.error : String(response.status_code);
}

/** The outcome that the callback reports, in one line. */
function summaryOf(callback: ExecutionCallback): string {
  if (callback.status !== "completed") return `${callback.status}: ${callback.error_message}`;
  const { final_value, return: gain } = callback.result;
  return `${callback.status}, final value ${final_value.toFixed(2)}, return ${(gain * 100).toFixed(2)} %`;
}
