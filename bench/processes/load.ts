import { setTimeout } from "node:timers/promises";
import { Pool } from "undici";
import { bodyOf, type Workload } from "../service/workloads.ts";
import { answerQuestions, wallClockMs } from "./process.ts";

/** One body for all posts, or the bodies of a workload from a number on. */
type Bodies = string | { readonly workload: Workload; readonly callbackUrl: string; readonly from: number };

export type Pace =
  /** Posts at a fixed rate, independent of the answers. */
  | { readonly kind: "steady"; readonly perSecond: number; readonly seconds: number }
  /** Posts with a fixed number of open requests. */
  | { readonly kind: "burst"; readonly count: number; readonly concurrency: number };

export type LoadQuestion = Pace & { readonly url: string; readonly bodies: Bodies };

export interface LoadAnswer {
  /** Ids from the answers 202; 0 for an answer without an id. */
  readonly ids: readonly number[];
  /** Time of each request, in milliseconds since 1970. */
  readonly at: readonly number[];
  /** Number of other answers, by status or error. */
  readonly refused: Readonly<Record<string, number>>;
  readonly seconds: number;
}

answerQuestions<LoadQuestion, LoadAnswer>(async (question) => {
  const url = new URL(question.url);
  const pool = new Pool(url.origin, { connections: question.kind === "burst" ? question.concurrency : 256 });
  const [ids, at, refused]: [number[], number[], Record<string, number>] = [[], [], {}];
  let next = 0;
  const post = async () => {
    const body = bodyAt(question.bodies, next++);
    const begun = wallClockMs();
    try {
      const { statusCode, body: answer } = await pool.request({
        method: "POST",
        path: url.pathname,
        headers: { "content-type": "application/json" },
        body,
      });
      const text = await answer.text();
      if (statusCode >= 300) refused[statusCode] = (refused[statusCode] ?? 0) + 1;
      else {
        at.push(begun);
        ids.push(Number(/"execution_id":(\d+)/.exec(text)?.[1] ?? 0));
      }
    } catch (error) {
      refused[String(error)] = (refused[String(error)] ?? 0) + 1;
    }
  };
  const begun = performance.now();
  await (question.kind === "burst"
    ? burst(post, question.count, question.concurrency)
    : steady(post, question.perSecond, question.seconds));
  const seconds = (performance.now() - begun) / 1000;
  await pool.close();
  return { ids, at, refused, seconds };
});

function bodyAt(bodies: Bodies, index: number): string {
  return typeof bodies === "string" ? bodies : bodyOf(bodies.workload, bodies.from + index, bodies.callbackUrl);
}

async function burst(post: () => Promise<void>, count: number, concurrency: number): Promise<void> {
  let left = count;
  const one = async () => {
    while (left-- > 0) await post();
  };
  await Promise.all(Array.from({ length: concurrency }, one));
}

async function steady(post: () => Promise<void>, perSecond: number, seconds: number): Promise<void> {
  const posts: Promise<void>[] = [];
  const begun = performance.now();
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const waitMs = begun + (index * 1000) / perSecond - performance.now();
    if (waitMs > 0) await setTimeout(waitMs);
    posts.push(post());
  }
  await Promise.all(posts);
}
