import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import { DomainError } from "@strategy-executor/core";
import { type RequestHandler, Router } from "express";
import { GraphQLError } from "graphql";
import { createYoga, type Plugin } from "graphql-yoga";
import { admitRequest } from "../access/access.ts";
import type { SiteRules } from "../access/site-rules.ts";
import { HttpRefusal } from "../http/http-refusal.ts";
import { jsonText } from "../http/body/json-body.ts";
import { parseStrictJson } from "../http/body/strict-json.ts";
import { parseStrictRequest } from "./strict-request.ts";
import type { TransportDependencies } from "../http/transport-dependencies.ts";
import { tellWhenToRetry } from "../http/retry-after.ts";
import { ctxFor, scopeOf } from "../http/request-scope.ts";
import type { Connection, GraphqlContext } from "./context.ts";
import { causeOf, toClientError } from "./errors.ts";
import { graphiqlPage } from "./transport/graphiql.ts";
import { limitPlugins, limits } from "./limits.ts";
import type { Links } from "./links.ts";
import { createLoaders } from "./loaders.ts";
import { sendResponse } from "./transport/send-response.ts";
import { multipartSubscriptions } from "./transport/multipart.ts";
import { toRequest } from "./transport/to-request.ts";
import { tellPosition } from "./transport/tell-position.ts";
import { schema } from "./schema.ts";
import { validateVariables } from "./transport/validate-variables.ts";
import { acceptWebSockets, isWebSocketHandshake } from "./transport/websocket.ts";

export interface GraphqlOptions extends TransportDependencies {
  /** Whether GraphiQL is served and introspection is allowed. */
  readonly graphiql: boolean;
  readonly siteRules: SiteRules;
  /** The path below which a proxy mounts the service; empty for the root. */
  readonly basePath: string;
}

export interface Graphql {
  /** The handler of `/graphql`. It reads bodies itself: mount it before any body parser. */
  readonly router: Router;
  /** Whether a request is a handshake for `acceptWebSockets`. */
  isHandshake(request: IncomingMessage): boolean;
  /** Accepts WebSockets at `/graphql`. Disposal closes them. */
  acceptWebSockets(server: Server): AsyncDisposable;
}

const graphqlPath = "/graphql";

/** GraphQL over HTTP, server-sent events and WebSockets. */
export function createGraphql({
  ctx: shared,
  access,
  streams,
  graphiql,
  basePath,
  siteRules,
}: GraphqlOptions): Graphql {
  const links: Links = { publicUrl: shared.notifications.publicUrl, basePath };
  const yoga = createYoga<{ readonly connection: Connection }, GraphqlContext>({
    schema,
    graphqlEndpoint: graphqlPath,
    context({ connection }) {
      const ctx = ctxFor(shared, connection.caller.client, connection.request);
      return { ctx, streams, connection, loaders: createLoaders(ctx), links, position: { after: null } };
    },
    plugins: [
      tellBadJson,
      validateVariables,
      multipartSubscriptions(streams.heartbeatMs),
      tellPosition,
      ...limitPlugins({ introspection: graphiql }),
    ],
    maxRequestBodySize: limits.bodyBytes,
    maskedErrors: { errorMessage: "The server failed to answer this request", maskError: toClientError },
    logging: {
      debug() {},
      info() {},
      warn() {},
      error(error: unknown) {
        const err = causeOf(error);
        if (!(err instanceof DomainError)) shared.log.error({ err }, "request failed");
      },
    },
    graphiql: false,
    landingPage: false,
    multipart: false,
    cors: false,
    // Node's own helper does not report that the client stopped reading.
    fetchAPI: { Request, Response, Headers, ReadableStream, TransformStream },
  });

  const router = Router({ strict: false });
  if (graphiql) router.use(graphqlPath, graphiqlPage(basePath));
  router.post(graphqlPath, ...jsonText());
  router.put(graphqlPath, refuseSingleConnection);
  router.all(graphqlPath, checkVariables, async (req, res) => {
    const caller = await admitRequest(access, req, res);
    const connection: Connection = {
      caller,
      request: scopeOf(res),
      breakOff: () => res.destroy(),
      refused: (code) => tellWhenToRetry(res, code),
    };
    const answer = await yoga.fetch(toRequest(req, res), { connection });
    if (answer.status >= 400 && answer.body === null) throw toRefusal(res, answer);
    await sendResponse(res, answer, streams.stalledMs);
  });
  return {
    router,
    isHandshake: (request) => isWebSocketHandshake(graphqlPath, basePath, request),
    acceptWebSockets: (server) =>
      acceptWebSockets(server, {
        yoga,
        access,
        siteRules,
        heartbeatMs: streams.heartbeatMs,
        log: shared.log,
      }),
  };
}

/** The refusal for an answer of Yoga that has no body. Its headers are kept. */
function toRefusal(res: ServerResponse, { status, headers }: Response): HttpRefusal {
  for (const [name, value] of headers) if (!name.startsWith("content-")) res.setHeader(name, value);
  return new HttpRefusal(status, reasonOf[status] ?? `The request cannot be answered: ${STATUS_CODES[status]}`);
}

const reasonOf: Readonly<Record<number, string>> = {
  406:
    "Accept names nothing that this can be answered with: queries and mutations are answered as application/json or " +
    "application/graphql-response+json, subscriptions as text/event-stream or multipart/mixed",
};

/** Clients of graphql-sse begin single connection mode with PUT. They drop the body and show the reason phrase. */
const refuseSingleConnection: RequestHandler = (_req, res) => {
  res.set("Allow", "GET, POST");
  res.statusMessage = "Method Not Allowed, set singleConnection to false";
  throw new HttpRefusal(405, "The single connection mode of graphql-sse is not served: set singleConnection to false");
};

/** Refuses variables that would lose values. Yoga parses them again, and reports malformed JSON itself. */
const checkVariables: RequestHandler = (req, _res, next) => {
  try {
    if (req.method === "POST" && typeof req.body === "string") parseStrictRequest(req.body);
    for (const name of ["variables", "extensions"]) {
      const text = req.query[name];
      if (req.method === "GET" && typeof text === "string") parseStrictJson(text);
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  next();
};

/** Yoga treats malformed JSON variables in a URL as a server error. */
const tellBadJson: Plugin = {
  onRequestParse({ requestParser, setRequestParser }) {
    if (requestParser === undefined) return;
    setRequestParser(async (request) => {
      try {
        return await requestParser(request);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        const extensions = { code: "BAD_REQUEST", http: { status: 400 } };
        throw new GraphQLError(`The request holds invalid JSON: ${error.message}`, { extensions });
      }
    });
  },
};
