import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import { NotReachedError, UsageError } from "../../connection/failure.ts";
import type { Connection, Session } from "../../connection/session.ts";
import { readObject } from "../../input/parameters.ts";
import { didYouMean } from "../../input/suggest.ts";
import { type Column, type Format, printRows } from "../../terminal/table.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { withFormats } from "../format-options.ts";

/** The parts of the OpenAPI document that a request needs. */
interface Operation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly inQuery: readonly string[];
  readonly bodyType: string | undefined;
}

interface ApiOptions extends Format {
  readonly input?: string;
}

/** `api OPERATION`: calls any operation of the service's OpenAPI document. */
export function addApi(program: Command, session: Session): void {
  withFormats(program.command("api"))
    .description("Calls any operation of the service and writes its answer. Without a name: lists the operations.")
    .argument("[operation]", "its name: getExecution")
    .option("--input <json>", "its input: a JSON object, @FILE, or - for standard input")
    .action((operation: string | undefined, options: ApiOptions) => api(session, operation, options));
}

async function api({ terminal, connect }: Session, name: string | undefined, options: ApiOptions): Promise<void> {
  const connection = await connect();
  const operations = await describedOperations(connection);
  if (name === undefined) {
    const answer = operations.map(({ name: operation, method, path, summary }) => ({
      operation,
      method,
      path,
      summary,
    }));
    return printRows(terminal, options, { answer, columns, rows: operations });
  }
  const operation = operations.find((one) => one.name === name);
  if (operation === undefined) {
    throw new UsageError(
      `There is no operation ${name}${didYouMean(
        name,
        operations.map((one) => one.name),
      )}`,
    );
  }
  const { path, request } = toRequest(operation, await readInput(terminal, options.input));
  const { body } = await connection.ask(path, request);
  if (body === null) return;
  await pipeline(Readable.fromWeb(body), terminal.output, { end: false });
  // Documents end with a line feed, JSON answers do not.
  if (!operation.name.startsWith("getOpenapi")) terminal.output.write("\n");
}

/** The operations of the running service, which may be newer than this command. @throws NotReachedError */
async function describedOperations({ ask, url }: Connection): Promise<Operation[]> {
  const document = (await (await ask("/openapi.json")).json().catch(() => null)) as Document | null;
  if (document?.paths === undefined) throw new NotReachedError(`${url} does not answer as the strategy executor does`);
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, summary = "", parameters = [], requestBody }]): Operation => ({
      name: operationId,
      method: method.toUpperCase(),
      path,
      summary,
      inQuery: parameters.filter((parameter) => parameter.in === "query").map((parameter) => parameter.name),
      bodyType: Object.keys(requestBody?.content ?? {})[0],
    })),
  );
}

/** @throws UsageError when a field of the path is missing, or there is no place for a field */
function toRequest(
  operation: Operation,
  input: Readonly<Record<string, unknown>>,
): { path: string; request: RequestInit } {
  const rest = new Map(Object.entries(input));
  const take = (name: string) => {
    const value = rest.get(name);
    rest.delete(name);
    return value;
  };
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_placeholder, name: string) => {
    const value = take(name);
    if (value === undefined || value === null)
      throw new UsageError(`${operation.name} needs ${name}: --input '{"${name}": …}'`);
    return encodeURIComponent(String(value));
  });
  const query = new URLSearchParams();
  for (const name of operation.inQuery) {
    const value = take(name);
    if (value !== undefined && value !== null) query.set(name, String(value));
  }
  const address = query.size === 0 ? path : `${path}?${query}`;
  const { method, bodyType } = operation;
  const accept = { Accept: "application/json, */*;q=0.1" };
  if (bodyType === undefined) {
    const [unknown] = rest.keys();
    if (unknown !== undefined)
      throw new UsageError(`${operation.name} has no field ${unknown}${didYouMean(unknown, fieldsOf(operation))}`);
    return { path: address, request: { method, headers: accept } };
  }
  const isText = bodyType !== "application/json";
  // A body that is not JSON is the only field that neither the path nor the query has.
  const body = isText ? String([...rest.values()][0] ?? "") : JSON.stringify(Object.fromEntries(rest));
  return { path: address, request: { method, headers: { ...accept, "Content-Type": bodyType }, body } };
}

function fieldsOf({ path, inQuery }: Operation): string[] {
  return [...Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name!), ...inQuery];
}

async function readInput({ input }: Terminal, given: string | undefined): Promise<Record<string, unknown>> {
  if (given === undefined) return {};
  if (given === "-") return readObject(await text(input), "The standard input");
  if (!given.startsWith("@")) return readObject(given, "--input");
  const path = given.slice(1);
  const content = await readFile(path, "utf8").catch((error: Error) => {
    throw new UsageError(`${path} cannot be read: ${error.message}`);
  });
  return readObject(content, path);
}

interface Document {
  readonly paths?: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly operationId: string;
            readonly summary?: string;
            readonly parameters?: readonly { readonly in: string; readonly name: string }[];
            readonly requestBody?: { readonly content?: Readonly<Record<string, unknown>> };
          }
        >
      >
    >
  >;
}

const columns: readonly Column<Operation>[] = [
  { head: "operation", value: ({ name }) => name },
  { head: "method", value: ({ method }) => method },
  { head: "path", value: ({ path }) => path },
  { head: "summary", value: ({ summary }) => summary },
];
