import { errorTypeMap } from "@pothos/plugin-errors";
import {
  runFeedCursor,
  type ScheduleRunUpdate,
  toInvalid,
  WatchScheduleRuns,
  watchScheduleRuns,
} from "@strategy-executor/core";
import { builder } from "../builder.ts";
import { DomainErrorRef } from "../errors.ts";
import { toSource } from "../executions/subscription-source.ts";
import { FeedStartRef } from "../executions/subscriptions.ts";
import { argumentsOf } from "../mapping/input-of.ts";
import { toInput } from "../mapping/to-input.ts";
import { ScheduleRunRef } from "./schedules.ts";

const ScheduleRunUpdateRef = builder.objectRef<ScheduleRunUpdate>("ScheduleRunUpdate").implement({
  description: "A run of a schedule that is new or has changed.",
  fields: (t) => ({
    cursor: t.exposeString("cursor", { description: "Resumes the feed after this change." }),
    run: t.expose("run", { type: ScheduleRunRef, description: "The run as it is now." }),
  }),
});

const ScheduleRunFeedRef = builder.unionType("ScheduleRunFeedUpdate", {
  description: "An element of the feed of runs. A refusal ends the stream.",
  types: [FeedStartRef, ScheduleRunUpdateRef, DomainErrorRef],
  resolveType: (update) =>
    errorTypeMap.has(update) ? DomainErrorRef : "run" in update ? ScheduleRunUpdateRef : FeedStartRef,
});

builder.subscriptionField("scheduleRuns", (t) =>
  t.field({
    type: ScheduleRunFeedRef,
    description:
      "Follow the runs of schedules: each fire, and each change of a run. To resume, pass the last cursor as `after`; every result has it in " +
      "`extensions.after`.",
    args: argumentsOf(WatchScheduleRuns),
    subscribe: (_root, args, context) =>
      toSource(context, async function* (signal) {
        const parsed = WatchScheduleRuns.safeParse(toInput(WatchScheduleRuns, args));
        if (!parsed.success) throw toInvalid(parsed.error);
        const cursor = parsed.data.after ?? (await runFeedCursor(context.ctx));
        // A client that is cut off before the first change needs this cursor to resume.
        if (parsed.data.after === undefined) yield { cursor };
        yield* watchScheduleRuns(context.ctx, { ...parsed.data, after: cursor }, signal);
      }),
    resolve(update, _args, { position }) {
      if ("cursor" in update) position.after = update.cursor;
      return update;
    },
  }),
);
