import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { InvoiceStatus } from "../invoice.ts";
import type { Problem } from "../problem.ts";
import { startServer } from "../server.ts";
import { Lines } from "./log-lines.ts";
import { temporaryFolder } from "./temporary-folder.ts";

interface Answer {
  readonly status: number;
  /** An invoice or a problem. */
  readonly body: Partial<Omit<InvoiceStatus, "title">> & Partial<Problem> & { readonly msg?: string };
}

/** A running server with client helpers. */
export interface Invoices {
  readonly url: string;
  post(path: string, body?: unknown): Promise<Answer>;
  get(path: string): Promise<Answer>;
  /** Resolves with the first log line that contains the text. */
  logged(text: string): Promise<string>;
}

/** Starts the server in this process, in `dataDir` or in a new folder. */
export async function startInvoices(dataDir?: string): Promise<Invoices & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const folder = dataDir ?? stack.use(await temporaryFolder()).path;
  const lines = new Lines();
  const server = stack.use(await startServer({ port: 0, host: "127.0.0.1", dataDir: folder }, lines.add));
  const started = stack.move();
  return { ...clients(server.url, lines), [Symbol.asyncDispose]: () => started.disposeAsync() };
}

export interface InvoicesProcess extends Invoices, AsyncDisposable {
  /** Sends the signal and waits for the exit. Returns the exit code, null when a signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts the server as its own process. */
export async function startInvoicesProcess(dataDir: string): Promise<InvoicesProcess> {
  const main = fileURLToPath(new URL("../main.ts", import.meta.url));
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, PORT: "0", DATA_DIR: dataDir },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = new Lines();
  createInterface({ input: child.stdout }).on("line", lines.add);
  child.once("exit", () => lines.add("invoices listen on nothing: the process has ended"));
  const url = /http:\S+?(?=,)/.exec(await lines.logged("invoices listen on"))?.[0];
  if (url === undefined) throw new Error("The process has ended before it listened");
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill(signal);
      await exited;
    }
    return child.exitCode;
  };
  return {
    ...clients(url, lines),
    end,
    async [Symbol.asyncDispose]() {
      await end("SIGKILL");
    },
  };
}

function clients(url: string, lines: Lines): Invoices {
  const ask = async (path: string, init?: RequestInit) => {
    const response = await fetch(url + path, init);
    return { status: response.status, body: (await response.json()) as Answer["body"] };
  };
  return {
    url,
    get: (path) => ask(path),
    post: (path, body) =>
      ask(path, {
        method: "POST",
        ...(body !== undefined && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
      }),
    logged: (text) => lines.logged(text),
  };
}
