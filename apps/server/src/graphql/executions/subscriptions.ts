import { errorTypeMap } from "@pothos/plugin-errors";
import {
  ExecutionEvent,
  type ExecutionUpdate,
  feedCursor,
  type FeedEvent,
  Progress,
  toInvalid,
  WatchExecution,
  watchExecution,
  WatchExecutions,
  watchExecutions,
} from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { fieldDescriptions } from "../mapping/field-descriptions.ts";
import { DomainErrorRef } from "../errors.ts";
import { executionIdArg } from "./execution-id.ts";
import { ExecutionRef, StatusRef } from "./execution.ts";
import { inputOf } from "../mapping/input-of.ts";
import { toInput } from "../mapping/to-input.ts";
import { toSource } from "./subscription-source.ts";

const describe = { event: fieldDescriptions(ExecutionEvent), progress: fieldDescriptions(Progress) };

const EventRef = builder.objectRef<ExecutionEvent>("ExecutionEvent").implement({
  description: "One recorded change of an execution.",
  fields: (t) => ({
    executionId: t.exposeID("execution_id", describe.event("execution_id")),
    strategy: t.exposeString("strategy", describe.event("strategy")),
    number: t.exposeInt("number", describe.event("number")),
    status: t.expose("status", { type: StatusRef, ...describe.event("status") }),
    at: t.expose("at", { type: "DateTime", ...describe.event("at") }),
    execution: t.field({
      type: ExecutionRef,
      description: "The current state of the execution, possibly later than this event.",
      resolve: ({ execution_id }, _args, { loaders }) => loaders.executions.load(execution_id),
    }),
  }),
});

type ProgressUpdate = Extract<ExecutionUpdate, { kind: "progress" }>;

const ExecutionProgressRef = builder.objectRef<ProgressUpdate>("ExecutionProgress").implement({
  description: "The progress of a running execution. Sent between its events, and not repeated on resume.",
  fields: (t) => ({
    executionId: t.exposeID("execution_id", describe.event("execution_id")),
    fraction: t.float({ ...describe.progress("fraction"), resolve: ({ progress }) => progress.fraction }),
    phase: t.string({ ...describe.progress("phase"), resolve: ({ progress }) => progress.phase }),
  }),
});

const UpdateRef = builder.unionType("ExecutionUpdate", {
  description: "An element of an execution's stream. A refusal ends the stream.",
  types: [EventRef, ExecutionProgressRef, DomainErrorRef],
  resolveType: (update) =>
    errorTypeMap.has(update) ? DomainErrorRef : "progress" in update ? ExecutionProgressRef : EventRef,
});

builder.subscriptionField("executionEvents", (t) =>
  t.field({
    type: UpdateRef,
    description:
      "Follow an execution: every event once and in order up to the terminal one, with progress in between. " +
      "To resume, pass the number of the last event as `after`; every result has it in `extensions.after`.",
    args: { ...executionIdArg, after: t.arg.int(fieldDescriptions(WatchExecution)("after")) },
    subscribe: (_root, args, context) =>
      toSource(context, async function* (signal) {
        const input = parse(WatchExecution, toInput(WatchExecution, args));
        context.position.after = input.after;
        for await (const update of watchExecution(context.ctx, input, signal)) {
          yield update.kind === "event" ? update.event : update;
        }
      }),
    resolve(update, _args, { position }) {
      if ("number" in update) position.after = update.number;
      return update;
    },
  }),
);

export const FeedStartRef = builder.objectRef<{ readonly cursor: string }>("FeedStart").implement({
  description: "The start of a feed that was requested without `after`.",
  fields: (t) => ({ cursor: t.exposeString("cursor", { description: "Resumes the feed from its start." }) }),
});

const FeedEventRef = builder.objectRef<FeedEvent>("FeedEvent").implement({
  description: "An event of the feed over all executions.",
  fields: (t) => ({
    cursor: t.exposeString("cursor", { description: "Resumes the feed after this event." }),
    event: t.expose("event", { type: EventRef, description: "The event." }),
  }),
});

const FeedUpdateRef = builder.unionType("FeedUpdate", {
  description: "An element of the feed over all executions. A refusal ends the stream.",
  types: [FeedStartRef, FeedEventRef, DomainErrorRef],
  resolveType: (update) =>
    errorTypeMap.has(update) ? DomainErrorRef : "event" in update ? FeedEventRef : FeedStartRef,
});

const FeedFilterRef = inputOf("ExecutionFeedFilter", WatchExecutions, {
  description: "Filters the feed over all executions; all when empty.",
  without: ["after"],
  instead: { status: { type: StatusRef, description: "Only events of this state." } },
});

builder.subscriptionField("executions", (t) =>
  t.field({
    type: FeedUpdateRef,
    description:
      "Follow all executions: every event once, in order within an execution. To resume, pass the last cursor as `after`; every result has it in `extensions.after`.",
    args: {
      filter: t.arg({ type: FeedFilterRef }),
      after: t.arg.string(fieldDescriptions(WatchExecutions)("after")),
    },
    subscribe: (_root, { filter, after }, context) =>
      toSource(context, async function* (signal) {
        const input = parse(WatchExecutions, toInput(WatchExecutions, { ...filter, after }));
        const cursor = input.after ?? (await feedCursor(context.ctx));
        // A client that is cut off before the first event needs this cursor to resume.
        if (input.after === undefined) yield { cursor };
        yield* watchExecutions(context.ctx, { ...input, after: cursor }, signal);
      }),
    resolve(update, _args, { position }) {
      if ("cursor" in update) position.after = update.cursor;
      return update;
    },
  }),
);

/** @throws DomainError `invalid` */
function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw toInvalid(parsed.error);
  return parsed.data;
}
