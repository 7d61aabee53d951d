import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { answerQuestions, wallClockMs } from "./process.ts";

export type ReceiverQuestion =
  /** Clears the recorded arrivals. */
  | { readonly kind: "reset" }
  /** Answers after `count` arrivals, or after a silence of `silenceMs`. */
  | { readonly kind: "arrivals"; readonly count: number; readonly silenceMs: number };

export interface ReceiverAnswer {
  readonly url: string;
  /** Ids of the executions in order of arrival, repeated ones included. */
  readonly ids: readonly number[];
  /** Time of each arrival, in milliseconds since 1970. */
  readonly at: readonly number[];
}

let ids: number[] = [];
let at: number[] = [];
let onArrival = () => {};

// Kept cheap, because it shares the machine with the service.
const server = createServer((req, res) => {
  let text = "";
  req.setEncoding("utf8");
  req.on("data", (chunk: string) => (text += chunk));
  req.on("end", () => {
    at.push(wallClockMs());
    ids.push(Number(/"execution_id":(\d+)/.exec(text)?.[1]));
    res.end("ok");
    onArrival();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1");
await once(server, "listening");
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;

answerQuestions<ReceiverQuestion, ReceiverAnswer>(async (question) => {
  if (question.kind === "reset") [ids, at] = [[], []];
  else await arrived(question.count, question.silenceMs);
  return { url, ids, at };
});

function arrived(count: number, silenceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, silenceMs);
    onArrival = () => {
      timer.refresh();
      if (ids.length < count) return;
      clearTimeout(timer);
      resolve();
    };
    if (ids.length >= count) onArrival();
  });
}
