import type { Figures } from "../bench.ts";
import { percentile } from "../measuring/percentile.ts";
import { ensureNothingLost } from "../measuring/verify.ts";
import type { LoadAnswer, LoadQuestion, Pace } from "../processes/load.ts";
import { type BenchProcess, startProcess } from "../processes/process.ts";
import type { ReceiverAnswer, ReceiverQuestion } from "../processes/receiver.ts";
import type { Workload } from "./workloads.ts";

const silenceMs = 60_000;

export interface RoundTrip {
  readonly sent: LoadAnswer;
  readonly received: ReceiverAnswer;
}

/** Load generator and receiver, each in a process of its own. */
export interface RoundTrips extends AsyncDisposable {
  readonly load: BenchProcess<LoadQuestion, LoadAnswer>;
  readonly receiver: BenchProcess<ReceiverQuestion, ReceiverAnswer>;
  readonly callbackUrl: string;
  /** Submits executions to the server at this address. */
  submit(url: string, workload: Workload, pace: Pace): Promise<LoadAnswer>;
  /** Submits, and waits for every callback. @throws Error when anything was lost */
  run(url: string, workload: Workload, pace: Pace): Promise<RoundTrip>;
}

export async function startRoundTrips(): Promise<RoundTrips> {
  await using stack = new AsyncDisposableStack();
  const load = stack.use(startProcess<LoadQuestion, LoadAnswer>("load"));
  const receiver = stack.use(startProcess<ReceiverQuestion, ReceiverAnswer>("receiver"));
  const { url: callbackUrl } = await receiver.ask({ kind: "reset" });
  /** Number of the next submission: no two of a workload are equal. */
  let next = 0;
  const submit = async (url: string, workload: Workload, pace: Pace): Promise<LoadAnswer> => {
    await receiver.ask({ kind: "reset" });
    const bodies = { workload, callbackUrl, from: next };
    const sent = await load.ask({ ...pace, url: `${url}/strategies/execute/`, bodies });
    next += sent.ids.length;
    return sent;
  };
  const owned = stack.move();
  return {
    load,
    receiver,
    callbackUrl,
    submit,
    async run(url, workload, pace) {
      const sent = await submit(url, workload, pace);
      const received = await receiver.ask({ kind: "arrivals", count: sent.ids.length, silenceMs });
      await ensureNothingLost(url, sent, received);
      return { sent, received };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The time from each submission to its callback. */
export function latenciesMs({ sent, received }: RoundTrip): number[] {
  const arrival = new Map(received.ids.map((id, index) => [id, received.at[index]!]));
  return sent.ids.map((id, index) => arrival.get(id)! - sent.at[index]!);
}

/** Executions a second, from the first submission to the last callback. */
export function perSecond({ sent, received }: RoundTrip): number {
  return sent.ids.length / ((received.at.at(-1)! - sent.at[0]!) / 1000);
}

/** Latency and rate of a steady load. */
export function steadyFigures(name: string, done: RoundTrip): Figures {
  const waits = latenciesMs(done);
  return {
    [`${name}_p50_ms`]: percentile(waits, 50),
    [`${name}_p99_ms`]: percentile(waits, 99),
    [`${name}_achieved_per_s`]: perSecond(done),
  };
}
