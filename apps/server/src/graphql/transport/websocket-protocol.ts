import { DomainError } from "@strategy-executor/core";
import { GraphQLError } from "graphql";
import { CloseCode, makeServer, type Server } from "graphql-ws";
import type { YogaServerInstance } from "graphql-yoga";
import type { WebSocket } from "ws";
import type { Access, Caller, Credentials } from "../../access/access.ts";
import { newRequestScope } from "../../http/request-scope.ts";
import type { Connection, GraphqlContext } from "../context.ts";
import { toClientError, toClientResult, withoutInternals } from "../errors.ts";

export type Yoga = YogaServerInstance<{ readonly connection: Connection }, GraphqlContext>;

/** The state of a socket outside of the protocol. */
export interface Socket {
  readonly socket: WebSocket;
  /** The credentials of the handshake or of the `connection_init` message. */
  credentials: Credentials;
}

export const goingAway = 1001;

/** The protocol `graphql-transport-ws`, executed with Yoga's plugins. */
export function webSocketProtocol(yoga: Yoga, access: Access): Server<Socket> {
  return makeServer<Record<string, unknown> | undefined, Socket>({
    async onConnect({ extra, connectionParams = {} }) {
      const authorization = authorizationOf(connectionParams);
      if (authorization !== undefined) extra.credentials = { ...extra.credentials, authorization };
      const caller = await admit(access, extra, 0);
      return !(caller instanceof GraphQLError);
    },
    async onSubscribe({ extra }, _id, { query, variables, operationName }) {
      // Authenticated for every operation: a socket can outlive its key.
      const caller = await admit(access, extra, 1);
      if (caller instanceof GraphQLError) return [caller];
      const connection = toConnection(extra, caller);
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
    onNext: (_context, _id, _payload, _args, result) => toClientResult(result),
    onError: (_context, _id, _payload, errors) => errors.map(withoutInternals),
  });
}

/** Clients put the credentials under the header's name, in any case, or into an object `headers`. */
function authorizationOf(params: Readonly<Record<string, unknown>>): string | undefined {
  const { headers } = params;
  const nested = typeof headers === "object" && headers !== null ? Object.entries(headers) : [];
  const named = [...Object.entries(params), ...nested].find(
    ([name, value]) => name.toLowerCase() === "authorization" && typeof value === "string",
  );
  return named?.[1] as string | undefined;
}

type Engine = Pick<ReturnType<Yoga["getEnveloped"]>, "execute" | "subscribe">;

/** Closes the socket when its credentials are refused. */
async function admit(
  access: Access,
  { socket, credentials }: Socket,
  requests: number,
): Promise<Caller | GraphQLError> {
  let retryAfter: number | undefined;
  const setHeader = (name: string, value: string) => {
    if (name === "Retry-After") retryAfter = Number(value);
  };
  try {
    return await access.admit(credentials, { requests, setHeader });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error.code === "unauthenticated") socket.close(CloseCode.Unauthorized, error.message);
    const refusal = toClientError(error, error.message) as GraphQLError;
    // Messages have no headers.
    if (retryAfter !== undefined) refusal.extensions["retryAfter"] = retryAfter;
    return refusal;
  }
}

function toConnection({ socket }: Socket, caller: Caller): Connection {
  return {
    caller,
    request: newRequestScope(),
    breakOff: () => socket.close(goingAway, "Going away"),
    // Messages have no headers.
    refused: () => undefined,
  };
}

function orGraphqlError<T>(parse: () => T): T | GraphQLError {
  try {
    return parse();
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}
