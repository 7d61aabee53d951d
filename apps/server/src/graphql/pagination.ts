import { type Page, type PageRequest, parsePage } from "@strategy-executor/core";
import { builder } from "./builder.ts";
import { toInput } from "./name-mapping.ts";

const defaultLength = 50;

/** Relay's forward arguments, for every connection. */
export const pageArgs = builder.args((t) => ({
  first: t.int({ description: `Maximum number of elements, up to 500; ${defaultLength} when absent.` }),
  after: t.string({ description: "`endCursor` of the previous page." }),
}));

export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** Converts Relay's arguments to an operation's. */
export function toPageInput({ first, after }: PageArguments): Record<string, unknown> {
  return toInput({ limit: first, cursor: after });
}

/** @throws DomainError `invalid` */
export function toPageRequest(args: PageArguments): PageRequest {
  return parsePage(toPageInput(args));
}

/** The cost of a page is that of its elements. */
export function pageCost({ first }: PageArguments) {
  return { field: 1, multiplier: first ?? defaultLength };
}

/** Builds a Relay connection. `cursorOf` returns the cursor of an element. */
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
      // A page can be short or empty although a search for more goes on.
      endCursor: next_cursor ?? edges.at(-1)?.cursor ?? null,
    },
  };
}
