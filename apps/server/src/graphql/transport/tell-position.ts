import type { Plugin } from "graphql-yoga";
import type { GraphqlContext } from "../context.ts";

/**
 * Puts `after` into the extensions of every result of a subscription: what a client passes to resume behind it. Clients
 * that repeat a request by themselves cannot read that from the data, whose shape is the document's.
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
