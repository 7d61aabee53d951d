import type { Plugin } from "graphql-yoga";
import type { GraphqlContext } from "../context.ts";

/**
 * Adds `after`, the cursor to resume from, to the extensions of every result of a subscription. Clients that reconnect automatically cannot
 * read a cursor from the data, because its shape depends on the document.
 */
export const tellPosition: Plugin = {
  onSubscribe: () => ({
    onSubscribeResult: () => ({
      onNext({ args, result, setResult }) {
        const { after } = (args.contextValue as unknown as GraphqlContext).position;
        if (after === null || !("data" in result)) return;
        setResult({ ...result, extensions: { ...result.extensions, after } });
      },
    }),
  }),
};
