import { createStore } from "../settings/store.ts";
import { serviceUrl } from "./base-path.ts";

/** Whether the service answers. While it does not, the page asks again every few seconds. */
export const reachable = createStore(true);

const askEveryMs = 2_000;
let asking: ReturnType<typeof setInterval> | undefined;
const waiting = new Set<() => void>();

/** Reports that a call got no answer. `back` is called once the service answers again, unless the returned function was called before. */
export function reportUnreachable(back: () => void): () => void {
  waiting.add(back);
  reachable.set(false);
  asking ??= setInterval(() => {
    void isAnswering().then((isBack) => {
      if (!isBack || asking === undefined) return undefined;
      clearInterval(asking);
      asking = undefined;
      reachable.set(true);
      const told = [...waiting];
      waiting.clear();
      return told.forEach((tell) => tell());
    });
  }, askEveryMs);
  return () => void waiting.delete(back);
}

/** Asks the service whether it is there. */
export function isAnswering(): Promise<boolean> {
  return fetch(serviceUrl("/healthz"), { cache: "no-store" }).then(
    ({ ok }) => ok,
    () => false,
  );
}
