import { createClient } from "graphql-ws";

export type Variables = Readonly<Record<string, unknown>>;

// oxlint-disable-next-line typescript/no-explicit-any -- its shape is the query's
export type Data = any;

export interface GraphqlResult {
  readonly data?: Data;
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Record<string, unknown> }[];
}

/** Sends a query over HTTP. */
export async function ask(address: string, query: string, variables: Variables = {}): Promise<GraphqlResult> {
  return (await (await post(address, query, variables)).json()) as GraphqlResult;
}

export function post(
  address: string,
  query: string,
  variables: Variables = {},
  headers: Record<string, string> = {},
  signal: AbortSignal | null = null,
): Promise<Response> {
  return fetch(`${address}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json", ...headers },
    body: JSON.stringify({ query, variables }),
    signal,
  });
}

/** Follows a subscription. Throws when it is cut off; leaving the loop unsubscribes. */
export type Follow = (
  address: string,
  query: string,
  variables?: Variables,
  apiKey?: string,
) => AsyncGenerator<GraphqlResult, void>;

/** The transports of subscriptions, for `describe.each`. */
export const follows: readonly { readonly name: string; readonly follow: Follow }[] = [
  { name: "server-sent events", follow: followOverSse },
  { name: "WebSocket", follow: followOverWebSocket },
  { name: "multipart/mixed", follow: followOverMultipart },
];

export async function* followOverSse(
  address: string,
  query: string,
  variables: Variables = {},
  apiKey?: string,
): AsyncGenerator<GraphqlResult, void> {
  const leaving = new AbortController();
  const headers = { accept: "text/event-stream", ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }) };
  const response = await post(address, query, variables, headers, leaving.signal);
  if (!response.ok) return yield (await response.json()) as GraphqlResult;
  let text = "";
  try {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const blocks = (text + chunk).split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        if (block.startsWith("event: next\ndata: ")) yield JSON.parse(block.slice("event: next\ndata: ".length));
        if (block.startsWith("event: complete")) return;
      }
    }
    throw new Error("The stream ended before it was complete");
  } finally {
    leaving.abort();
  }
}

/** As Apollo Client does. */
async function* followOverMultipart(
  address: string,
  query: string,
  variables: Variables = {},
  apiKey?: string,
): AsyncGenerator<GraphqlResult, void> {
  const leaving = new AbortController();
  const accept = 'multipart/mixed;boundary="graphql";subscriptionSpec="1.0",application/json';
  const headers = { accept, ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }) };
  const response = await post(address, query, variables, headers, leaving.signal);
  if (!response.headers.get("content-type")?.startsWith("multipart/mixed"))
    return yield (await response.json()) as GraphqlResult;
  let text = "";
  try {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const parts = (text + chunk).split("--graphql");
      text = parts.pop() ?? "";
      for (const part of parts) {
        const { payload } = JSON.parse(part.split("\r\n\r\n")[1] ?? "{}") as { readonly payload?: GraphqlResult };
        if (payload !== undefined) yield payload;
      }
      if (text === "--\r\n") return;
    }
    throw new Error("The stream ended before it was complete");
  } finally {
    leaving.abort();
  }
}

export async function* followOverWebSocket(
  address: string,
  query: string,
  variables: Variables = {},
  apiKey?: string,
): AsyncGenerator<GraphqlResult, void> {
  const client = createClient({
    url: `${address.replace("http", "ws")}/graphql`,
    retryAttempts: 0,
    ...(apiKey !== undefined && { connectionParams: { authorization: `Bearer ${apiKey}` } }),
  });
  try {
    for await (const result of client.iterate({ query, variables })) yield result as GraphqlResult;
  } finally {
    await client.dispose();
  }
}
