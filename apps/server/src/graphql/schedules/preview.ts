import { PreviewedFire, previewSchedule } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { fieldDescriptions } from "../mapping/field-descriptions.ts";
import { argumentsOf } from "../mapping/input-of.ts";
import { toInput } from "../mapping/to-input.ts";

const describe = {
  fire: fieldDescriptions(PreviewedFire),
  preview: fieldDescriptions(previewSchedule.output),
};

const PreviewedFireRef = builder.objectRef<z.output<typeof PreviewedFire>>("PreviewedFire").implement({
  description: "One moment at which a schedule would fire.",
  fields: (t) => ({
    fireAt: t.expose("fire_at", { type: "DateTime", ...describe.fire("fire_at") }),
    local: t.exposeString("local", describe.fire("local")),
    tradingDay: t.expose("trading_day", { type: "Date", nullable: true, ...describe.fire("trading_day") }),
  }),
});

const PreviewRef = builder.objectRef<z.output<typeof previewSchedule.output>>("SchedulePreview").implement({
  description: "When a rule would fire.",
  fields: (t) => ({
    description: t.exposeString("description", describe.preview("description")),
    fires: t.expose("fires", { type: [PreviewedFireRef], ...describe.preview("fires") }),
    warnings: t.exposeStringList("warnings", describe.preview("warnings")),
  }),
});

builder.queryField("previewSchedule", (t) =>
  t.field({
    type: PreviewRef,
    description: previewSchedule.summary,
    errors: {},
    args: argumentsOf(previewSchedule.input),
    resolve: (_root, args, { ctx }) => previewSchedule.call(ctx, toInput(previewSchedule.input, args)),
  }),
);
