import { ActivityCount, EndedCounts, getActivity } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { fieldDescriptions } from "../mapping/field-descriptions.ts";

const describe = {
  count: fieldDescriptions(ActivityCount),
  ended: fieldDescriptions(EndedCounts),
  activity: fieldDescriptions(getActivity.output),
};

const CountRef = builder.objectRef<z.output<typeof ActivityCount>>("ActivityCount").implement({
  description: ActivityCount.description ?? "",
  fields: (t) => ({
    count: t.exposeInt("count", describe.count("count")),
    more: t.exposeBoolean("more", describe.count("more")),
  }),
});

const EndedRef = builder.objectRef<z.output<typeof EndedCounts>>("EndedCounts").implement({
  description: "Executions that ended, by outcome.",
  fields: (t) => ({
    completed: t.expose("completed", { type: CountRef, ...describe.ended("completed") }),
    failed: t.expose("failed", { type: CountRef, ...describe.ended("failed") }),
    cancelled: t.expose("cancelled", { type: CountRef, ...describe.ended("cancelled") }),
  }),
});

const ActivityRef = builder.objectRef<z.output<typeof getActivity.output>>("Activity").implement({
  description: getActivity.output.description ?? "",
  fields: (t) => ({
    waiting: t.expose("waiting", { type: CountRef, ...describe.activity("waiting") }),
    running: t.expose("running", { type: CountRef, ...describe.activity("running") }),
    oldestWaitingAt: t.expose("oldest_waiting_at", {
      type: "DateTime",
      nullable: true,
      ...describe.activity("oldest_waiting_at"),
    }),
    endedLastHour: t.expose("ended_last_hour", { type: EndedRef, ...describe.activity("ended_last_hour") }),
    callbacksDue: t.expose("callbacks_due", { type: CountRef, ...describe.activity("callbacks_due") }),
    givenUpLastDay: t.expose("given_up_last_day", { type: CountRef, ...describe.activity("given_up_last_day") }),
    openCircuits: t.expose("open_circuits", { type: CountRef, ...describe.activity("open_circuits") }),
  }),
});

builder.queryField("activity", (t) =>
  t.field({
    type: ActivityRef,
    description: getActivity.summary,
    complexity: 50,
    resolve: (_root, _args, { ctx }) => getActivity.call(ctx, {}),
  }),
);
