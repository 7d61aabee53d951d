import { createStore } from "../settings/store.ts";

/** Whether the page follows live events. */
export const isLive = createStore(true);
