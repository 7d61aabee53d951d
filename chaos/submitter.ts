import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "./random.ts";

/** The fate of the submissions. */
export interface Submitted {
  /** Executions acknowledged with 202, and how each must end unless it is cancelled first. */
  readonly accepted: ReadonlyMap<number, Expected>;
  /** Submissions sent again under their keys until they were answered. */
  readonly sentAgain: number;
  /** Submissions without a key and without an answer: they may or may not have been accepted. */
  readonly unanswered: number;
  /** Answers that returned the execution of an earlier submission under the same key. */
  readonly repeated: number;
  /** Undocumented answers. */
  readonly faults: readonly string[];
}

interface Expected {
  readonly status: "completed" | "failed";
  readonly cancelled: boolean;
}

export interface Submitter {
  readonly submitted: Submitted;
  /** Sends `count` submissions, one every `intervalMs`, and resolves when each was answered or given up. */
  send(count: number, intervalMs: number, milliseconds?: readonly [number, number]): Promise<void>;
}

const retryPauseMs = 250;

/**
 * Simulates clients. Some use an idempotency key and retry until they get an answer, some send twice at once, some try only
 * once; some cancel later; some send wrong parameters.
 */
export function createSubmitter(random: Random, urls: readonly string[], callbackUrl: string): Submitter {
  const accepted = new Map<number, Expected>();
  const faults: string[] = [];
  const counts = { sentAgain: 0, unanswered: 0, repeated: 0 };
  let sent = 0;

  /** Returns the id; null without an answer, or with one that asks to retry. */
  async function post(body: object, key: string | null): Promise<number | null> {
    try {
      const response = await fetch(`${random.pick(urls)}/strategies/execute/`, {
        method: "POST",
        headers: { "content-type": "application/json", ...(key !== null && { "idempotency-key": key }) },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(20_000),
      });
      const text = await response.text();
      if (response.status === 202) return (JSON.parse(text) as { execution_id: number }).execution_id;
      if (response.status !== 503) faults.push(`a submission was answered with ${response.status}: ${text}`);
      return null;
    } catch {
      return null;
    }
  }

  async function submitUntilAnswered(body: object, key: string): Promise<number> {
    for (;;) {
      const id = await post(body, key);
      if (id !== null) return id;
      counts.sentAgain += 1;
      await sleep(retryPauseMs);
    }
  }

  async function submitOne([min, max]: readonly [number, number]): Promise<void> {
    sent += 1;
    const status = random.chance(0.05) ? "failed" : "completed";
    const milliseconds = status === "failed" ? 0 : random.between(min, max);
    const body = {
      strategy_name: "Slow",
      parameters: { milliseconds, start_date: "2004-01-02", end_date: "2004-02-27" },
      callback_url: callbackUrl,
    };
    const cancelled = random.chance(0.08);
    const cancelAfterMs = random.between(0, 2 * max);
    const key = random.chance(0.6) ? `submission-${sent}` : null;
    const sendsTwice = random.chance(0.15);
    let id: number | null;
    if (key === null) id = await post(body, null);
    else {
      const [first, second] = await Promise.all([
        submitUntilAnswered(body, key),
        sendsTwice ? submitUntilAnswered(body, key) : null,
      ]);
      if (second !== null) {
        counts.repeated += 1;
        if (first !== second) faults.push(`${key} was accepted as ${first} and as ${second}`);
      }
      id = first;
    }
    if (id === null) {
      counts.unanswered += 1;
      return;
    }
    if (accepted.has(id)) faults.push(`the id ${id} was given twice`);
    accepted.set(id, { status, cancelled });
    if (cancelled) await cancel(id, cancelAfterMs);
  }

  async function cancel(id: number, afterMs: number): Promise<void> {
    await sleep(afterMs);
    try {
      const url = `${random.pick(urls)}/executions/${id}/cancel/`;
      const response = await fetch(url, { method: "POST", signal: AbortSignal.timeout(20_000) });
      const text = await response.text();
      if (![202, 409, 503].includes(response.status))
        faults.push(`cancel was answered with ${response.status}: ${text}`);
    } catch {
      // No answer: the execution is not cancelled.
    }
  }

  return {
    get submitted() {
      return { accepted, faults, ...counts };
    },
    async send(count, intervalMs, milliseconds) {
      const all: Promise<void>[] = [];
      for (let index = 0; index < count; index += 1) {
        all.push(submitOne(milliseconds ?? (random.chance(0.7) ? [1, 50] : [200, 1_500])));
        await sleep(intervalMs);
      }
      await Promise.all(all);
    },
  };
}
