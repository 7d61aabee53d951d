import type { Ctx } from "@strategy-executor/core";
import type { Access } from "../access/access.ts";
import type { Streams } from "./streams.ts";

/** What every transport works with. */
export interface Host {
  readonly ctx: Omit<Ctx, "client">;
  readonly access: Access;
  readonly streams: Streams;
}
