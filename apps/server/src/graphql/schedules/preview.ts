import { PreviewedFire, previewSchedule } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { fieldDescriptions } from "../field-descriptions.ts";
import { toInput } from "../name-mapping.ts";

const describe = {
  fire: fieldDescriptions(PreviewedFire),
  preview: fieldDescriptions(previewSchedule.output),
  asked: fieldDescriptions(previewSchedule.input),
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
    args: {
      when: t.arg({ type: "JSON", required: true, ...describe.asked("when") }),
      from: t.arg({ type: "DateTime", ...describe.asked("from") }),
      count: t.arg.int(describe.asked("count")),
    },
    resolve: (_root, args, { ctx }) => previewSchedule.call(ctx, toInput(args)),
  }),
);
