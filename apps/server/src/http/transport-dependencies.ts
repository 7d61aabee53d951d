import type { Ctx } from "@strategy-executor/core";
import type { Access } from "../access/access.ts";
import type { OpenStreams } from "./open-streams.ts";

/** What every transport needs. */
export interface TransportDependencies {
  readonly ctx: Omit<Ctx, "client">;
  readonly access: Access;
  readonly streams: OpenStreams;
}
