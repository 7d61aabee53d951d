import { setTimeout } from "node:timers/promises";
import { type Command, InvalidArgumentError } from "commander";
import { type Terminal, writeLine } from "../operator/terminal.ts";
import { createClient, TryError } from "./client.ts";
import { type Callback, startCallbackReceiver } from "./receiver.ts";

interface Options {
  readonly url: string;
  readonly strategy: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly timeout: number;
  readonly callbackHost: string;
  readonly json: boolean;
}

const pollMs = 200;

/** `npm run callback:try`: submits an execution and waits for its callback. */
export function callbackTry(command: Command, terminal: Terminal): void {
  command
    .name("callback:try")
    .description("Submits a strategy to a running server and waits for its callback.")
    .option("--url <url>", "address of the server", toUrl, "http://localhost:8000")
    .option("--strategy <name>", "strategy to run", "BoldAssetAllocation")
    .option("--parameters <json>", "its parameters, a JSON object", toObject, {})
    .option("--timeout <seconds>", "longest wait for the callback", toSeconds, 30)
    .option(
      "--callback-host <name>",
      "name by which the server reaches this machine, such as host.docker.internal",
      "localhost",
    )
    .option("--json", "print submission, acceptance, callback and delivery record as one JSON object", false)
    .action((options: Options) => tryCallback(options, terminal));
}

/** @throws TryError when no callback came, with the reason if it is known. */
async function tryCallback(
  { url, strategy, parameters, timeout, callbackHost, json }: Options,
  { output }: Terminal,
): Promise<void> {
  await using receiver = await startCallbackReceiver(callbackHost);
  const client = createClient(url);
  const deadline = performance.now() + timeout * 1000;
  const submission = { strategy_name: strategy, parameters, callback_url: receiver.url };
  const accepted = await client.submit(submission);
  const id = accepted.execution_id;
  const show = (label: string, text: string) => {
    if (!json) writeLine(output, `${label.padEnd(10)} ${text}`);
  };
  show("submitted", `${strategy} ${JSON.stringify(parameters)}, callback to ${receiver.url}`);
  show("accepted", `execution ${id}`);

  let shown = "";
  for (;;) {
    const { status, error_message, callback } = await client.statusOf(id);
    const arrived = receiver.callbackOf(id);
    if (status !== shown) show("status", error_message === undefined ? status : `${status}: ${error_message}`);
    shown = status;
    if (arrived !== undefined && callback.sent) {
      show("callback", summaryOf(arrived));
      show("recorded", `delivered at ${callback.sent_at}, answered with ${callback.response?.status_code}`);
      const whole = { submission, accepted, callback: arrived, recorded: callback };
      if (json) writeLine(output, JSON.stringify(whole, null, 2));
      return;
    }
    if (performance.now() > deadline) {
      const missing = arrived === undefined ? "No callback came" : "The callback came but was not recorded";
      const error = callback.response?.error;
      const reason = error === undefined ? "" : `; the server recorded: ${error}`;
      throw new TryError(`${missing} within ${timeout} s; the execution is ${status}${reason}`);
    }
    await setTimeout(pollMs);
  }
}

/** The outcome that the callback reports, in one line. */
function summaryOf({ status, error_message, result }: Callback): string {
  if (result === undefined) return `${status}: ${error_message}`;
  return `${status}, final value ${result.final_value.toFixed(2)}, return ${(result.return * 100).toFixed(2)} %`;
}

function toUrl(text: string): string {
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? "")) throw new InvalidArgumentError("Give an http or https URL.");
  return text;
}

function toObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Refused below, like any other text that is not an object.
  }
  throw new InvalidArgumentError(`Give a JSON object, such as '{"variant":"BAA-G4"}'.`);
}

function toSeconds(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 3600)) throw new InvalidArgumentError("Give a number of seconds, at most 3600.");
  return seconds;
}
