import { createStore } from "../settings/store.ts";

/** A hidden tab closes its streams after this time: over HTTP/1.1 browsers allow six connections per host. */
const hiddenForMs = 30_000;

/** Whether somebody may be looking at this tab: false once it has been hidden for a while. */
export const isSeen = createStore(document.visibilityState === "visible");

let hiding: ReturnType<typeof setTimeout> | undefined;

document.addEventListener("visibilitychange", () => {
  clearTimeout(hiding);
  if (document.visibilityState === "hidden") hiding = setTimeout(() => isSeen.set(false), hiddenForMs);
  else isSeen.set(true);
});
