import { createStore } from "../settings/store.ts";

/** Whether the page follows what happens. */
export const isLive = createStore(true);
