import { checkParameters, MissingPrices, ParameterProblem } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { fieldDescriptions } from "../field-descriptions.ts";
import { toInput } from "../name-mapping.ts";

const say = {
  problem: fieldDescriptions(ParameterProblem),
  missing: fieldDescriptions(MissingPrices),
  checked: fieldDescriptions(checkParameters.output),
  asked: fieldDescriptions(checkParameters.input),
};

const ParameterProblemRef = builder.objectRef<z.output<typeof ParameterProblem>>("ParameterProblem").implement({
  description: "What is wrong with a parameter.",
  fields: (t) => ({
    path: t.exposeString("path", say.problem("path")),
    message: t.exposeString("message", say.problem("message")),
  }),
});

const MissingPricesRef = builder.objectRef<z.output<typeof MissingPrices>>("MissingPrices").implement({
  description: "A ticker whose prices are missing or end early.",
  fields: (t) => ({
    ticker: t.exposeString("ticker", say.missing("ticker")),
    lastDay: t.expose("last_day", { type: "Date", nullable: true, ...say.missing("last_day") }),
  }),
});

const CheckedParametersRef = builder.objectRef<z.output<typeof checkParameters.output>>("CheckedParameters").implement({
  description: "Whether an execution would accept the parameters, and find its prices.",
  fields: (t) => ({
    valid: t.exposeBoolean("valid", say.checked("valid")),
    parameters: t.expose("parameters", { type: "JSON", ...say.checked("parameters") }),
    errors: t.expose("errors", { type: [ParameterProblemRef], ...say.checked("errors") }),
    universe: t.exposeStringList("universe", say.checked("universe")),
    missing: t.expose("missing", { type: [MissingPricesRef], ...say.checked("missing") }),
  }),
});

builder.queryField("checkParameters", (t) =>
  t.field({
    type: CheckedParametersRef,
    description: checkParameters.summary,
    errors: {},
    args: {
      name: t.arg.string({ required: true, ...say.asked("name") }),
      parameters: t.arg({ type: "JSON", ...say.asked("parameters") }),
    },
    resolve: (_root, args, { ctx }) => checkParameters.call(ctx, toInput(args)),
  }),
);
