import { createStore } from "../settings/store.ts";
import { serviceUrl } from "./base-path.ts";

/** Whether the service answers. While it does not, the page asks again every few seconds. */
export const reachable = createStore(true);

const askEveryMs = 2_000;
let asking: ReturnType<typeof setInterval> | undefined;

/** Reports that a call got no answer. `back` is called once the service answers again. */
export function reportUnreachable(back: () => void): void {
  reachable.set(false);
  asking ??= setInterval(() => {
    void answers().then((isBack) => {
      if (!isBack || asking === undefined) return undefined;
      clearInterval(asking);
      asking = undefined;
      reachable.set(true);
      return back();
    });
  }, askEveryMs);
}

function answers(): Promise<boolean> {
  return fetch(serviceUrl("/healthz"), { cache: "no-store" }).then(
    ({ ok }) => ok,
    () => false,
  );
}
