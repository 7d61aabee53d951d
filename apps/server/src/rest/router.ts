import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { MIMEType } from "node:util";
import { decodeCsv, isDecodable } from "@strategy-executor/core/prices";
import { DomainError } from "@strategy-executor/core";
import { type Request, type RequestHandler, type Response, Router } from "express";
import { z } from "zod";
import { admitRequest, type Caller } from "../access/access.ts";
import type { TransportDependencies } from "../http/transport-dependencies.ts";
import { limitBodyTime } from "../http/http-server.ts";
import { ctxFor, scopeOf } from "../http/request-scope.ts";
import { executionEventStream } from "./event-stream.ts";
import { pathNumber } from "./path-number.ts";
import { jsonText } from "../http/body/json-body.ts";
import { HttpRefusal } from "../http/http-refusal.ts";
import { parseStrictJson } from "../http/body/strict-json.ts";
import { unpackedBody } from "../http/body/unpacked-body.ts";
import { sendProblem } from "./problem.ts";
import { formatField, type Route, routes, type TextForm } from "./routes.ts";

/** Maps the route table to handlers that call operations. */
export function restRouter(host: TransportDependencies): Router {
  const router = Router({ strict: false });
  // Admission comes before the body is read.
  const admit: RequestHandler = async (req, res, next) => {
    res.locals[callerKey] = await admitRequest(host.access, req, res);
    next();
  };
  router.get("/executions/:execution_id/events/", admit, executionEventStream(host, callerOf));
  for (const route of routes) {
    const handle: RequestHandler = async (req, res) => {
      const ctx = ctxFor(host.ctx, callerOf(res).client, scopeOf(res));
      const form = formOf(route, req);
      const input = inputOf(route, req);
      if (form !== null) {
        const text = await form.of(ctx, input);
        res
          .status(route.status)
          .set({ ...form.headers })
          .type(form.type);
        return sendText(text, res);
      }
      res.status(route.status).json(await route.operation.call(ctx, input));
    };
    router[route.method](toExpress(route.path), admit, ...bodyReaders(route), handle);
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    const allowed = routes.filter((route) => route.path === path).map((route) => route.method.toUpperCase());
    router.all(toExpress(path), (req, res) => {
      res.set("Allow", allowed.join(", "));
      sendProblem(res, 405, `${req.method} is not allowed here, only ${allowed.join(", ")}`);
    });
  }
  return router;
}

/** The representation that the query field `format` or the `Accept` header selects; null for JSON, which is also the fallback. */
function formOf({ text }: Route, req: Request): TextForm | null {
  if (text === undefined) return null;
  const { [formatField]: format } = req.query;
  if (format !== undefined) return formatOf(text.format, format) === "json" ? null : text;
  const isNamed = req.get("accept")?.includes(text.type) ?? false;
  const isFirst = text.isPreferred === "always" || (text.isPreferred === "named" && isNamed);
  const types = isFirst ? [text.type, "application/json"] : ["application/json", text.type];
  return (req.accepts(types) || types[0]) === text.type ? text : null;
}

/** @throws DomainError `invalid` */
function formatOf(known: string, given: unknown): unknown {
  if (given === known || given === "json") return given;
  const message = `must be json or ${known}`;
  throw new DomainError("invalid", `${formatField}: ${message}`, [{ path: formatField, message }]);
}

/** Streams the text with backpressure. A disconnect or a failing part aborts it. */
async function sendText(text: AsyncIterable<string>, res: Response): Promise<void> {
  await pipeline(Readable.from(text), res).catch((error: unknown) => {
    if (!res.headersSent) throw error;
  });
}

const callerKey = "caller";

/** The caller that `admit` authenticated. */
function callerOf(res: Response): Caller {
  return res.locals[callerKey] as Caller;
}

function toExpress(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

function bodyReaders(route: Route): RequestHandler[] {
  if (route.body === "json") return [limitBodyTime(), ...jsonText(), parseBody];
  if (route.body === "csv") return [requireType("text/csv"), requireKnownCharset];
  return [];
}

const parseBody: RequestHandler = (req, _res, next) => {
  const text = req.body as string;
  try {
    // Clients without fields send an empty body; it counts as an empty object.
    req.body = text === "" ? {} : parseStrictJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new HttpRefusal(400, `The body is not valid JSON: ${error.message}`);
  }
  next();
};

/** Other media types are refused, not guessed: curl sends JSON as a form by default. */
function requireType(type: string): RequestHandler {
  return (req, res, next) => {
    if (req.is(type)) return next();
    const sent = req.get("content-type");
    return sendProblem(
      res,
      415,
      `Send the body with Content-Type: ${type}${sent === undefined ? "" : `, not ${sent}`}`,
    );
  };
}

function inputOf(route: Route, req: Request): unknown {
  const { shape } = route.operation.input;
  const params = Object.entries(req.params).map(([field, text]) => [field, fromPath(shape[field], String(text))]);
  if (route.body === "json") {
    const isObject = typeof req.body === "object" && req.body !== null && !Array.isArray(req.body);
    if (!isObject) return req.body;
    const beside = { ...fromHeaders(route, req), ...Object.fromEntries(params) };
    ensureAgreement(req.body as Record<string, unknown>, beside);
    return { ...req.body, ...beside };
  }
  const { [formatField]: format, ...given } = req.query;
  // On routes without this choice, `format` is an ordinary and therefore unknown field.
  const asked = route.text === undefined && format !== undefined ? req.query : given;
  const query = Object.entries(asked).map(([field, text]) => [field, fromQuery(shape[field], text)]);
  const fields = { ...Object.fromEntries(query), ...Object.fromEntries(params) };
  return route.body === "csv" ? { ...fields, csv: toUtf8(req, String(req.query["source"] ?? "upload")) } : fields;
}

/** @throws DomainError `invalid` for a body field whose value differs from that in the path or a header */
function ensureAgreement(body: Readonly<Record<string, unknown>>, beside: Readonly<Record<string, unknown>>): void {
  for (const [field, value] of Object.entries(beside)) {
    const { [field]: given } = body;
    if (given === undefined || given === null || given === value) continue;
    const message = `is ${JSON.stringify(given)} in the body and ${JSON.stringify(value)} beside it: send it once`;
    throw new DomainError("invalid", `${field}: ${message}`, [{ path: field, message }]);
  }
}

/** The decompressed body as UTF-8, whatever charset it declares. @throws HttpRefusal 415 for an unknown content coding */
function toUtf8(req: Request, name: string): AsyncIterable<Uint8Array> {
  const charset = charsetOf(req);
  const body = unpackedBody(req);
  return charset === "utf-8" ? body : recoded(decodeCsv(body, { name, charset }));
}

async function* recoded(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const text of texts) yield Buffer.from(text);
}

/** The media type of the body, in lower case. */
function charsetOf(req: Request): string {
  const type = new MIMEType(req.get("content-type") ?? "");
  return (type.params.get("charset") ?? "utf-8").toLowerCase().replace(/^utf8$/, "utf-8");
}

const requireKnownCharset: RequestHandler = (req, res, next) => {
  const charset = charsetOf(req);
  if (isDecodable(charset)) return next();
  return sendProblem(res, 415, `The charset ${charset} of the body is not known. Send it as UTF-8`);
};

function fromHeaders({ headers = {} }: Route, req: Request): Record<string, string> {
  const given = Object.entries(headers).flatMap(([header, field]) => {
    const value = req.get(header);
    return value === undefined ? [] : [[field, value] as const];
  });
  return Object.fromEntries(given);
}

function fromPath(schema: unknown, text: string): unknown {
  return isNumeric(schema) ? pathNumber(text) : text;
}

function fromQuery(schema: unknown, value: unknown): unknown {
  if (typeof value !== "string") return value;
  const field = unwrapped(schema);
  if (field instanceof z.ZodNumber) return value.trim() === "" ? value : Number(value);
  if (field instanceof z.ZodBoolean) return value === "true" ? true : value === "false" ? false : value;
  return value;
}

function isNumeric(schema: unknown): boolean {
  return unwrapped(schema) instanceof z.ZodNumber;
}

function unwrapped(schema: unknown): unknown {
  const isWrapped =
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable;
  return isWrapped ? unwrapped(schema.unwrap()) : schema;
}
