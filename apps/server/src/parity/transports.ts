import { graphqlTransport } from "./graphql-transport.ts";
import { restTransport } from "./rest-transport.ts";
import type { Transport } from "./transport.ts";
import { trpcTransport } from "./trpc-transport.ts";

/** All transports. */
export const transports: readonly Transport[] = [restTransport, trpcTransport, graphqlTransport];
