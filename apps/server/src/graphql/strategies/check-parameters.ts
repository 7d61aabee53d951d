import { checkParameters, MissingPrices, ParameterProblem } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { fieldDescriptions } from "../mapping/field-descriptions.ts";
import { argumentsOf } from "../mapping/input-of.ts";
import { toInput } from "../mapping/to-input.ts";

const describe = {
  problem: fieldDescriptions(ParameterProblem),
  missing: fieldDescriptions(MissingPrices),
  checked: fieldDescriptions(checkParameters.output),
};

const ParameterProblemRef = builder.objectRef<z.output<typeof ParameterProblem>>("ParameterProblem").implement({
  description: "What is wrong with a parameter.",
  fields: (t) => ({
    path: t.exposeString("path", describe.problem("path")),
    message: t.exposeString("message", describe.problem("message")),
  }),
});

const MissingPricesRef = builder.objectRef<z.output<typeof MissingPrices>>("MissingPrices").implement({
  description: "A ticker whose prices are missing or end early.",
  fields: (t) => ({
    ticker: t.exposeString("ticker", describe.missing("ticker")),
    lastDay: t.expose("last_day", { type: "Date", nullable: true, ...describe.missing("last_day") }),
  }),
});

const CheckedParametersRef = builder.objectRef<z.output<typeof checkParameters.output>>("CheckedParameters").implement({
  description: "Whether an execution would accept the parameters, and find its prices.",
  fields: (t) => ({
    valid: t.exposeBoolean("valid", describe.checked("valid")),
    parameters: t.expose("parameters", { type: "JSON", ...describe.checked("parameters") }),
    errors: t.expose("errors", { type: [ParameterProblemRef], ...describe.checked("errors") }),
    universe: t.exposeStringList("universe", describe.checked("universe")),
    missing: t.expose("missing", { type: [MissingPricesRef], ...describe.checked("missing") }),
  }),
});

builder.queryField("checkParameters", (t) =>
  t.field({
    type: CheckedParametersRef,
    description: checkParameters.summary,
    errors: {},
    args: argumentsOf(checkParameters.input),
    resolve: (_root, args, { ctx }) => checkParameters.call(ctx, toInput(checkParameters.input, args)),
  }),
);
