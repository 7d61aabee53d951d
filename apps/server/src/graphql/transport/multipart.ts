import type { ExecutionResult } from "graphql";
import { isAsyncIterable, type Plugin } from "graphql-yoga";
import { toClientResult } from "../errors.ts";

/**
 * Serves subscriptions as parts of `multipart/mixed`, which Apollo Client and urql request over HTTP. Yoga serves server-sent events, which
 * are preferred when a client accepts both.
 */
export function multipartSubscriptions(heartbeatMs: number): Plugin {
  return {
    onResultProcess({ request, result, acceptableMediaTypes, setResultProcessor }) {
      if (!isAsyncIterable(result)) return;
      acceptableMediaTypes.push("multipart/mixed");
      const wanted = /(?:^|,)\s*multipart\/mixed\s*(;[^,]*)?/i.exec(request.headers.get("accept") ?? "");
      if (wanted === null) return;
      const format = /;\s*subscriptionSpec\s*=/i.test(wanted[1] ?? "") ? apolloFormat : incrementalFormat;
      setResultProcessor(
        (results) => toMultipart(results as AsyncIterable<ExecutionResult>, format, heartbeatMs),
        "multipart/mixed",
      );
    },
  };
}

interface Format {
  readonly boundary: string;
  readonly type: string;
  part(result: ReturnType<typeof toClientResult>): object;
  /** The heartbeat of an idle subscription; null where clients would take it for a result. */
  readonly heartbeat: object | null;
}

/** https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol */
const apolloFormat: Format = {
  boundary: "graphql",
  type: 'multipart/mixed; boundary="graphql"; subscriptionSpec="1.0"',
  part: (payload) => ({ payload }),
  heartbeat: {},
};

/** The format of incremental delivery. Each result is a complete one. */
const incrementalFormat: Format = {
  boundary: "-",
  type: 'multipart/mixed; boundary="-"',
  part: (result) => ({ ...result, hasNext: true }),
  heartbeat: null,
};

function toMultipart(results: AsyncIterable<ExecutionResult>, format: Format, heartbeatMs: number): Response {
  const source = results[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  // The boundary follows each part immediately: otherwise clients would show a part only when the next one arrives.
  const partOf = (content: object) =>
    encoder.encode(
      `\r\nContent-Type: application/json; charset=utf-8\r\n\r\n${JSON.stringify(content)}\r\n--${format.boundary}`,
    );
  let timer: NodeJS.Timeout | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(`--${format.boundary}`));
      const { heartbeat } = format;
      if (heartbeat === null) return;
      timer = setInterval(() => {
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(partOf(heartbeat));
      }, heartbeatMs);
    },
    async pull(controller) {
      const next = await source.next();
      if (next.done !== true) return controller.enqueue(partOf(format.part(toClientResult(next.value))));
      clearInterval(timer);
      controller.enqueue(encoder.encode("--\r\n"));
      controller.close();
    },
    async cancel() {
      clearInterval(timer);
      await source.return?.();
    },
  });
  return new Response(body, { headers: { "Content-Type": format.type } });
}
