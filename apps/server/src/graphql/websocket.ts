import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { GraphQLError } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import type { YogaServerInstance } from "graphql-yoga";
import { type WebSocket, WebSocketServer } from "ws";
import type { Connection, GraphqlContext } from "./context.ts";
import { limits } from "./limits.ts";

export interface WebSocketOptions {
  readonly yoga: YogaServerInstance<{ readonly connection: Connection }, GraphqlContext>;
  readonly path: string;
  /** Origins whose pages may connect, besides this server's own; `*` for all. */
  readonly corsOrigins: readonly string[];
}

const goingAway = 1001;
/** How long a client may take to agree that its connection is closed. */
const farewellMs = 1_000;

/** Serves the protocol `graphql-transport-ws`. A client that answers no ping within 12 s is dropped. */
export function acceptWebSockets(server: Server, { yoga, path, corsOrigins }: WebSocketOptions): AsyncDisposable {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: limits.bodyBytes });
  const protocol = useServer(
    {
      async onSubscribe({ extra }, _id, { query, variables, operationName }) {
        const connection = toConnection(extra.socket, extra.request);
        const { schema, parse, validate, contextFactory, execute, subscribe } = yoga.getEnveloped({ connection });
        const document = attempt(() => parse(query));
        if (document instanceof GraphQLError) return [document];
        const errors = validate(schema, document);
        if (errors.length > 0) return errors;
        const contextValue = await contextFactory();
        return {
          schema,
          document,
          variableValues: variables,
          operationName,
          contextValue,
          rootValue: { execute, subscribe } satisfies Engine,
        };
      },
      execute: (args) => (args.rootValue as Engine).execute(args),
      subscribe: (args) => (args.rootValue as Engine).subscribe(args),
      onNext: (_context, _id, _payload, _args, { errors, data }) =>
        errors === undefined ? undefined : { ...(data !== undefined && { data }), errors: errors.map(toTold) },
      onError: (_context, _id, _payload, errors) => errors.map(toTold),
    },
    sockets,
  );

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!isAt(path, request)) return refuse(socket, "404 Not Found");
    if (!isWelcome(request, corsOrigins)) return refuse(socket, "403 Forbidden");
    sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit("connection", opened, request));
  };
  server.on("upgrade", onUpgrade);
  return {
    async [Symbol.asyncDispose]() {
      server.off("upgrade", onUpgrade);
      const clients = [...sockets.clients];
      const timer = setTimeout(() => clients.forEach((client) => client.terminate()), farewellMs);
      await protocol.dispose();
      clearTimeout(timer);
    },
  };
}

/** What executes an operation with everything that Yoga's plugins add. */
type Engine = Pick<ReturnType<WebSocketOptions["yoga"]["getEnveloped"]>, "execute" | "subscribe">;

function toConnection(socket: WebSocket, request: IncomingMessage): Connection {
  return {
    client: request.socket.remoteAddress ?? "",
    breakOff: () => socket.close(goingAway, "Going away"),
  };
}

/** What is for the HTTP layer alone is not told. */
function toTold(error: GraphQLError) {
  const { extensions, ...told } = error.toJSON();
  const { http: _http, unexpected: _unexpected, ...forClients } = extensions ?? {};
  return Object.keys(forClients).length === 0 ? told : { ...told, extensions: forClients };
}

function isAt(path: string, { url = "" }: IncomingMessage): boolean {
  return url.replace(/\?.*$/, "").replace(/\/$/, "") === path;
}

/** Browsers let any page open a WebSocket to anywhere and leave it to the server to look at where the page comes from. */
function isWelcome({ headers }: IncomingMessage, corsOrigins: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined || corsOrigins.includes("*") || corsOrigins.includes(origin)) return true;
  return URL.parse(origin)?.host === host;
}

function refuse(socket: Duplex, status: string): void {
  socket.on("error", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function attempt<T>(parse: () => T): T | GraphQLError {
  try {
    return parse();
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}
