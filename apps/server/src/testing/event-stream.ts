import { once } from "node:events";
import { get as httpGet, type IncomingMessage } from "node:http";

export interface Frame {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: { readonly number: number; readonly status: string };
}

/** Submits an execution that takes so long. */
export async function submitSlow(address: string, milliseconds: number): Promise<number> {
  const response = await fetch(`${address}/strategies/execute/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ strategy_name: "Slow", parameters: { milliseconds } }),
  });
  return ((await response.json()) as { execution_id: number }).execution_id;
}

/** Opens the stream of an execution's events. */
export async function openStream(address: string, id: number, lastEventId?: string): Promise<IncomingMessage> {
  const headers = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
  const request = httpGet(`${address}/executions/${id}/events/`, { headers, agent: false });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return response;
}

/** The events of the stream until it ends, without progress. */
export async function framesOf(response: IncomingMessage): Promise<Frame[]> {
  return (await Array.fromAsync(parseFrames(response))).filter(({ event }) => event === "event");
}

/** The frames of the stream as they arrive. */
export async function* parseFrames(response: IncomingMessage): AsyncGenerator<Frame> {
  let text = "";
  for await (const chunk of response) {
    text += String(chunk);
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = new Map(block.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]));
      const data = fields.get("data");
      if (data !== undefined) yield { id: fields.get("id"), event: fields.get("event"), data: JSON.parse(data) };
    }
  }
}
