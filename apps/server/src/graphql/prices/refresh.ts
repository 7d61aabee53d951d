import { RefreshedPrices, refreshPrices } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { enumOf } from "../mapping/enum-of.ts";
import { fieldDescriptions } from "../mapping/field-descriptions.ts";
import { inputOf } from "../mapping/input-of.ts";
import { toInput } from "../mapping/to-input.ts";

const describe = {
  done: fieldDescriptions(refreshPrices.output),
  one: fieldDescriptions(RefreshedPrices),
};

const OutcomeRef = enumOf("RefreshOutcome", RefreshedPrices.shape.outcome.options, {
  description: RefreshedPrices.shape.outcome.description,
});

const RefreshedPricesRef = builder.objectRef<RefreshedPrices>("RefreshedPrices").implement({
  description: RefreshedPrices.description ?? "",
  fields: (t) => ({
    ticker: t.exposeString("ticker", describe.one("ticker")),
    outcome: t.expose("outcome", { type: OutcomeRef, ...describe.one("outcome") }),
    provider: t.exposeString("provider", { nullable: true, ...describe.one("provider") }),
    firstDay: t.expose("first_day", { type: "Date", nullable: true, ...describe.one("first_day") }),
    lastDay: t.expose("last_day", { type: "Date", nullable: true, ...describe.one("last_day") }),
    rows: t.exposeInt("rows", describe.one("rows")),
    newDays: t.exposeInt("new_days", describe.one("new_days")),
    message: t.exposeString("message", { nullable: true, ...describe.one("message") }),
  }),
});

const RefreshedTickersRef = builder.objectRef<z.output<typeof refreshPrices.output>>("RefreshedTickers").implement({
  description: "The outcome of a refresh for each ticker.",
  fields: (t) => ({
    tickers: t.expose("tickers", { type: [RefreshedPricesRef], ...describe.done("tickers") }),
    nextCursor: t.exposeString("next_cursor", { nullable: true, ...describe.done("next_cursor") }),
  }),
});

const RefreshPricesInput = inputOf("RefreshPricesInput", refreshPrices.input, {
  description: "The tickers to refresh.",
});

builder.mutationField("refreshPrices", (t) =>
  t.field({
    type: RefreshedTickersRef,
    description: refreshPrices.summary,
    errors: {},
    args: { input: t.arg({ type: RefreshPricesInput, required: true }) },
    resolve: (_root, { input }, { ctx }) => refreshPrices.call(ctx, toInput(refreshPrices.input, input)),
  }),
);
