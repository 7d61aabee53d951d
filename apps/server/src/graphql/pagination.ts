import { type Page, type PageRequest, parsePage } from "@strategy-executor/core";
import { builder } from "./builder.ts";
import { toInput } from "./name-mapping.ts";

const defaultLength = 50;

/** Arguments of every connection. Relay's, forwards only: lists are read from their beginning. */
export const pageArgs = builder.args((t) => ({
  first: t.int({ description: `Most elements of the page, at most 500; ${defaultLength} when absent.` }),
  after: t.string({ description: "`endCursor` of the page before." }),
}));

export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** Relay's arguments as an operation's. */
export function toPageInput({ first, after }: PageArguments): Record<string, unknown> {
  return toInput({ limit: first, cursor: after });
}

/** @throws DomainError `invalid` */
export function toPageRequest(args: PageArguments): PageRequest {
  return parsePage(toPageInput(args));
}

/** A page costs what its elements cost. */
export function pageCost({ first }: PageArguments) {
  return { field: 1, multiplier: first ?? defaultLength };
}

/** A page in the form of Relay. `cursorOf` gives the cursor behind an element. */
export function toConnection<T>(
  { page, next_cursor }: Page<T>,
  { after }: PageArguments,
  cursorOf: (element: T) => string,
) {
  const edges = page.map((node) => ({ node, cursor: cursorOf(node) }));
  return {
    edges,
    pageInfo: {
      hasNextPage: next_cursor !== null,
      hasPreviousPage: after !== null && after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
