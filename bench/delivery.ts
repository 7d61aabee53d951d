import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startServerLikeNpmStart } from "@strategy-executor/server/testing";
import type { BenchOptions, Figures } from "./bench.ts";
import { startDatabase } from "./measuring/database.ts";
import { plainDelivery } from "./measuring/peers.ts";
import { percentile } from "./measuring/percentile.ts";
import type { LoadAnswer, LoadQuestion } from "./processes/load.ts";
import { type BenchProcess, startProcess, wallClockMs } from "./processes/process.ts";
import type { ReceiverAnswer, ReceiverQuestion } from "./processes/receiver.ts";
import { latenciesMs } from "./service/round-trips.ts";
import { bodyOf, strategiesDir } from "./service/workloads.ts";
import { ensureNothingLost } from "./measuring/verify.ts";

const slowMs = 9_000;
const slowReceivers = 10;
/** Callbacks to each slow receiver, more than its slots. */
const slowCallbacks = 60;
const fastCallbacks = 250;
const silenceMs = 60_000;

/**
 * The effect of receivers that take 9 s per response on a fast one: the time from submission to callback of 250 executions of
 * the fast receiver, alone and beside them. All must arrive before the first slow response. Then the rate of deliveries, unsigned
 * and signed, compared with a bare loop over undici to the same receiver.
 */
export async function delivery(options: BenchOptions): Promise<Figures> {
  await using stack = new AsyncDisposableStack();
  const load = stack.use(startProcess<LoadQuestion, LoadAnswer>("load"));
  const receiver = stack.use(startProcess<ReceiverQuestion, ReceiverAnswer>("receiver"));
  const database = stack.use(await startDatabase(options.database));
  const server = stack.use(
    await startServerLikeNpmStart(database.options, {
      STRATEGIES_DIR: strategiesDir,
      SECRETS_KEY: Buffer.alloc(32, "bench").toString("base64"),
    }),
  );
  const { url: callbackUrl } = await receiver.ask({ kind: "reset" });
  const posts = { url: `${server.url}/strategies/execute/`, bodies: bodyOf("no_op", 0, callbackUrl) };
  const run = (question: LoadQuestion) => measured(server.url, load, receiver, question);

  await run({ ...posts, kind: "burst", count: 300, concurrency: 4 });
  const fast = { ...posts, kind: "steady", perSecond: 100, seconds: fastCallbacks / 100 } as const;
  const alone = latenciesMs(await run(fast));

  const slow = stack.use(await startSlowReceivers());
  for (const url of slow.urls) {
    const bodies = bodyOf("no_op", 0, url);
    await load.ask({ kind: "burst", url: posts.url, bodies, count: slowCallbacks, concurrency: 8 });
  }
  const besideSlow = await run(fast);
  const beside = latenciesMs(besideSlow);
  if (besideSlow.received.at.at(-1)! > slow.firstAnswerAt())
    throw new Error("A slow receiver answered before all callbacks of the fast one had arrived");
  await slow.answerAll();

  const count = options.backlog ?? (options.quick ? 1_000 : 5_000);
  const burst = { ...posts, kind: "burst", count, concurrency: 32 } as const;
  const unsigned = rateOf(await run(burst));
  await fetch(`${server.url}/signing-secrets/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  const signed = rateOf(await run(burst));
  const plain = await plainDelivery(load, callbackUrl, posts.bodies, options.quick ? 3_000 : 20_000);
  return {
    fast_alone_p50_ms: percentile(alone, 50),
    fast_alone_p99_ms: percentile(alone, 99),
    fast_beside_slow_p50_ms: percentile(beside, 50),
    fast_beside_slow_p99_ms: percentile(beside, 99),
    delivered_per_s: unsigned,
    delivered_signed_per_s: signed,
    plain_undici_per_s: plain,
    delivered_to_plain_undici_ratio: unsigned / plain,
  };
}

interface Measured {
  readonly sent: LoadAnswer;
  readonly received: ReceiverAnswer;
}

async function measured(
  serverUrl: string,
  load: BenchProcess<LoadQuestion, LoadAnswer>,
  receiver: BenchProcess<ReceiverQuestion, ReceiverAnswer>,
  question: LoadQuestion,
): Promise<Measured> {
  await receiver.ask({ kind: "reset" });
  const sent = await load.ask(question);
  const received = await receiver.ask({ kind: "arrivals", count: sent.ids.length, silenceMs });
  await ensureNothingLost(serverUrl, sent, received);
  return { sent, received };
}

/** From the first submission to the last arrival. */
function rateOf({ sent, received }: Measured): number {
  return received.at.length / ((received.at.at(-1)! - sent.at[0]!) / 1_000);
}

async function startSlowReceivers() {
  const stack = new AsyncDisposableStack();
  const waiting = new Set<() => void>();
  const urls: string[] = [];
  const all = Promise.withResolvers<void>();
  let answered = 0;
  let firstAnswerAt = Number.POSITIVE_INFINITY;
  let answersAtOnce = false;
  for (let number = 0; number < slowReceivers; number += 1) {
    const server = createServer((req, res) => {
      req.resume();
      const answer = () => {
        clearTimeout(timer);
        waiting.delete(answer);
        res.end("ok");
        firstAnswerAt = Math.min(firstAnswerAt, wallClockMs());
        answered += 1;
        if (answered === slowReceivers * slowCallbacks) all.resolve();
      };
      const timer = setTimeout(answer, answersAtOnce ? 0 : slowMs);
      waiting.add(answer);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    stack.defer(() => {
      server.closeAllConnections();
      server.close();
    });
    urls.push(`http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`);
  }
  return {
    urls,
    /** Milliseconds since 1970. */
    firstAnswerAt: () => firstAnswerAt,
    /** From now on all responses are immediate. Waits until all requests have been answered. */
    async answerAll(): Promise<void> {
      answersAtOnce = true;
      waiting.forEach((answer) => answer());
      await all.promise;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
