import type { Ctx } from "@strategy-executor/core";
import type { Caller } from "../access/access.ts";
import type { RequestScope } from "../http/request-scope.ts";
import type { OpenStreams } from "../http/open-streams.ts";
import type { Loaders } from "./loaders.ts";

/** Who asks, and over what. */
export interface Connection {
  readonly caller: Caller;
  readonly request: RequestScope;
  /** Breaks off, so that the client comes back and resumes: a stream that ended would tell it that this was all. */
  breakOff(): void;
}

/** What resolvers work on. */
export interface GraphqlContext {
  readonly ctx: Ctx;
  readonly streams: OpenStreams;
  readonly connection: Connection;
  readonly loaders: Loaders;
}
