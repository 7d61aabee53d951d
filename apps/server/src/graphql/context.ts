import type { Ctx, ErrorCode } from "@strategy-executor/core";
import type { Caller } from "../access/access.ts";
import type { RequestScope } from "../http/request-scope.ts";
import type { OpenStreams } from "../http/open-streams.ts";
import type { Links } from "./links.ts";
import type { Loaders } from "./loaders.ts";

/** The caller and its connection. */
export interface Connection {
  readonly caller: Caller;
  readonly request: RequestScope;
  /**
   * Aborts the connection, so that the client reconnects and resumes. A completed stream would tell it that nothing
   * follows.
   */
  breakOff(): void;
  /** Called for every refusal, so that the response can carry `Retry-After`. */
  refused(code: ErrorCode): void;
}

/** The context of resolvers. */
export interface GraphqlContext {
  readonly ctx: Ctx;
  readonly streams: OpenStreams;
  readonly connection: Connection;
  readonly loaders: Loaders;
  readonly links: Links;
  /** For subscriptions: the cursor of the element being sent; null without one. */
  readonly position: { after: number | string | null };
}
