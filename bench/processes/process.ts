import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A program of this folder that runs beside the bench. */
export interface BenchProcess<Question, Answer> extends AsyncDisposable {
  readonly pid: number;
  /** One question at a time. @throws Error when the program fails or ends */
  ask(question: Question): Promise<Answer>;
}

/** Starts a program of this folder as its own process. */
export function startProcess<Question extends object, Answer>(program: string): BenchProcess<Question, Answer> {
  const child = fork(fileURLToPath(new URL(`${program}.ts`, import.meta.url)), { serialization: "advanced" });
  return {
    pid: child.pid ?? 0,
    async ask(question) {
      const aborted = new AbortController();
      const ended = once(child, "exit", { signal: aborted.signal }).then(() => {
        throw new Error(`The ${program} process ended`);
      });
      child.send(question);
      try {
        const [answer] = await Promise.race([once(child, "message", { signal: aborted.signal }), ended]);
        return answer as Answer;
      } finally {
        aborted.abort();
        ended.catch(() => undefined);
      }
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** For use in a program: answers the questions of the parent process. */
export function answerQuestions<Question, Answer>(respond: (question: Question) => Answer | Promise<Answer>): void {
  process.on("message", async (question) => process.send?.(await respond(question as Question)));
  // Ends with the parent process.
  process.on("disconnect", () => process.exit());
}

/** Milliseconds since 1970, finer than `Date.now()` and comparable between processes. */
export function wallClockMs(): number {
  return performance.timeOrigin + performance.now();
}
