import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { Inputs } from "../../api/client.ts";

const route = getRouteApi("/shell/deliveries");

export const callbackStates = ["given_up", "due", "delivered", "waiting"] as const;

export type DeliverySearch = ReturnType<typeof route.useSearch>;

/** The filter in the address. Changing it goes back to the first page. */
export function useDeliveryFilter() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/deliveries" });
  const change = (changes: Partial<DeliverySearch>): void =>
    void navigate({ search: (old) => ({ ...old, cursor: undefined, ...changes }), replace: true });
  return { search, change };
}

/** The filter of the list and its page. */
export function toInput({ state, since, receiver, cursor }: DeliverySearch): Inputs["listExecutions"] {
  const known = callbackStates.find((name) => name === state);
  return {
    limit: 100,
    ...(known !== undefined && { callback: known }),
    ...(since !== undefined && { since: startOf(since) }),
    ...(receiver !== undefined && { receiver }),
    ...(cursor !== undefined && { cursor }),
  };
}

/** The same filter for `redeliverCallbacks`; null unless it selects callbacks that were given up. */
export function toRedeliverable({
  state,
  since,
  receiver,
}: DeliverySearch): Omit<Inputs["redeliverCallbacks"], "cursor" | "dry_run" | "ids" | "limit"> | null {
  if (state !== "given_up") return null;
  return {
    // The operation refuses a request without any filter.
    until: new Date().toISOString(),
    ...(since !== undefined && { accepted_since: startOf(since) }),
    ...(receiver !== undefined && { receiver }),
  };
}

/** The receiver that an address belongs to; null while it is not complete. */
export function receiverOf(text: string): string | null {
  if (/^mailto:/i.test(text)) return "mailto:";
  return /^https?:/i.test(text) ? (URL.parse(text)?.origin ?? null) : null;
}

function startOf(day: string): string {
  return `${day}T00:00:00.000Z`;
}
