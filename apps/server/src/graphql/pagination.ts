import { maxCount, type Page, type PageRequest, parsePage } from "@strategy-executor/core";
import { builder } from "./builder.ts";

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
  return { limit: first ?? undefined, cursor: after ?? undefined };
}

/** @throws DomainError `invalid` */
export function toPageRequest(args: PageArguments): PageRequest {
  return parsePage(toPageInput(args));
}

/** The cost of a page is that of its elements. */
export function pageCost({ first }: PageArguments) {
  return { field: 1, multiplier: first ?? defaultLength };
}

/** A count that stops at `maxCount`. */
interface Count {
  readonly count: number;
  readonly more: boolean;
}

interface Connection<T> {
  readonly edges: { readonly node: T; readonly cursor: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** Builds a Relay connection. `cursorOf` returns the cursor of an element; `count` counts the whole list, when it is asked for. */
export function toConnection<T>(
  { page, next_cursor }: Page<T>,
  { after }: PageArguments,
  cursorOf: (element: T) => string,
  count?: () => Promise<Count>,
): Connection<T> {
  const edges = page.map((node) => ({ node, cursor: cursorOf(node) }));
  const connection = {
    edges,
    pageInfo: {
      hasNextPage: next_cursor !== null,
      hasPreviousPage: after !== null && after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      // A page can be short or empty although a search for more goes on.
      endCursor: next_cursor ?? edges.at(-1)?.cursor ?? null,
    },
  };
  if (count !== undefined) counts.set(connection, count);
  return connection;
}

/** How to count the list of a connection. Two fields show one count. */
const counts = new WeakMap<object, () => Promise<Count>>();

async function countOf(connection: object): Promise<Count> {
  const count = counts.get(connection);
  if (count === undefined) throw new TypeError("The list of this connection is not counted");
  const counted = count();
  counts.set(connection, () => counted);
  return counted;
}

/** Defines a connection whose list is counted. */
export function countedConnection<T extends object>(
  ref: ReturnType<ReturnType<typeof builder.objectRef<T>>["implement"]>,
  { name, page, element }: { readonly name: string; readonly page: string; readonly element: string },
) {
  return builder.connectionObject(
    {
      name: `${name}Connection`,
      type: ref,
      description: page,
      fields: (t) => ({
        totalCount: t.int({
          description: `Elements of the whole list, at most ${maxCount}.`,
          complexity: countingCost,
          resolve: async (connection) => (await countOf(connection)).count,
        }),
        isTotalCountExact: t.boolean({
          description: `False when counting stopped at ${maxCount}, so that there may be more.`,
          complexity: countingCost,
          resolve: async (connection) => !(await countOf(connection)).more,
        }),
      }),
    },
    { name: `${name}Edge`, description: element },
  );
}

const countingCost = 10;
