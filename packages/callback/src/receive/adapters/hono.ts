import type { Receiver } from "../receiver.ts";
import { toFetchHandler } from "./fetch.ts";

/** A handler of Hono: `app.post("/callback", toHonoHandler(receive))`. */
export function toHonoHandler(receive: Receiver): (context: HonoContext) => Promise<Response> {
  const handle = toFetchHandler(receive);
  return ({ req }) => handle(req.raw);
}

/** What is used of Hono's context. */
interface HonoContext {
  readonly req: { readonly raw: Request };
}
