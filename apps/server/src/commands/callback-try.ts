import { setTimeout } from "node:timers/promises";
import { inspect, isDeepStrictEqual } from "node:util";
import { Command, InvalidArgumentError } from "commander";
import { createClient, TryError } from "./callback-try/client.ts";
import { startCallbackReceiver } from "./callback-try/receiver.ts";

interface Options {
  readonly url: string;
  readonly strategy: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly timeout: number;
  readonly callbackHost: string;
}

const pollMs = 200;

/** Long parts of what is shown are cut. */
const shortened = {
  colors: process.stdout.isTTY,
  breakLength: 100,
  depth: 3,
  maxArrayLength: 2,
  maxStringLength: 200,
};

await new Command("callback:try")
  .description("Submits a strategy to a running server and waits for its callback.")
  .option("--url <url>", "address of the server", toUrl, "http://localhost:8000")
  .option("--strategy <name>", "strategy to run", "BoldAssetAllocation")
  .option("--parameters <json>", "its parameters, a JSON object", toObject, {})
  .option("--timeout <seconds>", "longest wait for the callback", toSeconds, 30)
  .option("--callback-host <name>", "this machine's name for a server elsewhere: host.docker.internal", "localhost")
  .action((options: Options) => tryCallback(options).catch(fail))
  .parseAsync();

/** @throws TryError when no callback came, and why as far as it is known. */
async function tryCallback({ url, strategy, parameters, timeout, callbackHost }: Options): Promise<void> {
  await using receiver = await startCallbackReceiver(callbackHost);
  const client = createClient(url);
  const deadline = performance.now() + timeout * 1000;
  const submission = { strategy_name: strategy, parameters, callback_url: receiver.url };
  show("submitted", submission);
  const accepted = await client.submit(submission);
  show("accepted", accepted);

  const shown = new Map<string, unknown>();
  const showChange = (label: string, value: unknown) => {
    if (!isDeepStrictEqual(shown.get(label), value)) show(label, value);
    shown.set(label, value);
  };
  for (;;) {
    const { status, error_message, callback } = await client.statusOf(accepted.execution_id);
    const arrived = receiver.callbackOf(accepted.execution_id);
    showChange("status", error_message === undefined ? status : `${status}: ${error_message}`);
    if (arrived !== undefined) showChange("callback", arrived);
    if (callback.response !== null) showChange("recorded", callback);
    if (arrived !== undefined && callback.sent) return;
    if (performance.now() > deadline) {
      const missing = arrived === undefined ? "No callback came" : "The callback came but was not recorded";
      throw new TryError(`${missing} within ${timeout} s; the execution is ${status}`);
    }
    await setTimeout(pollMs);
  }
}

function show(label: string, value: unknown): void {
  const text = typeof value === "string" ? value : inspect(value, shortened);
  process.stdout.write(`${label.padEnd(10)} ${text.replaceAll("\n", `\n${" ".repeat(11)}`)}\n`);
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof TryError ? error.message : inspect(error)}\n`);
  process.exitCode = 1;
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
    // Told below, like any other text that is no object.
  }
  throw new InvalidArgumentError(`Give a JSON object, such as '{"variant":"BAA-G4"}'.`);
}

function toSeconds(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 3600)) throw new InvalidArgumentError("Give a number of seconds, at most 3600.");
  return seconds;
}
