import type { Receiver } from "../receiver.ts";

/** For runtimes and frameworks that take a `Request` and give a `Response`: Deno, Bun, workers, Next.js routes. */
export function toFetchHandler(receive: Receiver): (request: Request) => Promise<Response> {
  return async (request) => {
    const { status, body } = await receive(request);
    return new Response(body, { status, headers: { "content-type": "application/json" } });
  };
}
