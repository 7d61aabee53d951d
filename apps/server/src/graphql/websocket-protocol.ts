import type { IncomingMessage } from "node:http";
import { GraphQLError } from "graphql";
import { makeServer, type Server } from "graphql-ws";
import type { YogaServerInstance } from "graphql-yoga";
import type { WebSocket } from "ws";
import type { Connection, GraphqlContext } from "./context.ts";

export type Yoga = YogaServerInstance<{ readonly connection: Connection }, GraphqlContext>;

/** What is known of a socket besides what is said on it. */
export interface Socket {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
}

export const goingAway = 1001;

/** The protocol `graphql-transport-ws`, with everything that Yoga's plugins add to executing. */
export function webSocketProtocol(yoga: Yoga): Server<Socket> {
  return makeServer<Record<string, unknown> | undefined, Socket>({
    async onSubscribe({ extra }, _id, { query, variables, operationName }) {
      const connection = toConnection(extra);
      const { schema, parse, validate, contextFactory, execute, subscribe } = yoga.getEnveloped({ connection });
      const document = orGraphqlError(() => parse(query));
      if (document instanceof GraphQLError) return [document];
      const errors = validate(schema, document);
      if (errors.length > 0) return errors;
      const engine: Engine = { execute, subscribe };
      const contextValue = await contextFactory();
      return { schema, document, variableValues: variables, operationName, contextValue, rootValue: engine };
    },
    execute: (args) => (args.rootValue as Engine).execute(args),
    subscribe: (args) => (args.rootValue as Engine).subscribe(args),
    onNext: (_context, _id, _payload, _args, { errors, data }) =>
      errors === undefined ? undefined : { ...(data !== undefined && { data }), errors: errors.map(withoutInternals) },
    onError: (_context, _id, _payload, errors) => errors.map(withoutInternals),
  });
}

type Engine = Pick<ReturnType<Yoga["getEnveloped"]>, "execute" | "subscribe">;

function toConnection({ socket, request }: Socket): Connection {
  return {
    client: request.socket.remoteAddress ?? "",
    breakOff: () => socket.close(goingAway, "Going away"),
  };
}

/** What is for the HTTP layer alone is not told. */
function withoutInternals(error: GraphQLError) {
  const { extensions, ...told } = error.toJSON();
  const { http: _http, unexpected: _unexpected, ...forClients } = extensions ?? {};
  return Object.keys(forClients).length === 0 ? told : { ...told, extensions: forClients };
}

function orGraphqlError<T>(parse: () => T): T | GraphQLError {
  try {
    return parse();
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}
