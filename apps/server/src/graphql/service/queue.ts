import { getQueue, QueueGroup, QueueName, QueueTotal } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { PriorityRef } from "../executions/mutations.ts";
import { enumOf } from "../mapping/enum-of.ts";
import { fieldDescriptions } from "../mapping/field-descriptions.ts";

const describe = {
  total: fieldDescriptions(QueueTotal),
  group: fieldDescriptions(QueueGroup),
  state: fieldDescriptions(getQueue.output),
};

const QueueNameRef = enumOf("QueueName", QueueName.options, { description: QueueName.description });

const QueueTotalRef = builder.objectRef<z.output<typeof QueueTotal>>("QueueTotal").implement({
  description: "A queue, over all clients and priorities.",
  fields: (t) => ({
    queue: t.expose("queue", { type: QueueNameRef, ...describe.total("queue") }),
    depth: t.exposeInt("depth", describe.total("depth")),
    oldestAgeSeconds: t.exposeFloat("oldest_age_seconds", { nullable: true, ...describe.total("oldest_age_seconds") }),
  }),
});

const QueueGroupRef = builder.objectRef<z.output<typeof QueueGroup>>("QueueGroup").implement({
  description: "What waits in a queue for one client at one priority.",
  fields: (t) => ({
    queue: t.expose("queue", { type: QueueNameRef, ...describe.group("queue") }),
    client: t.exposeString("client", describe.group("client")),
    priority: t.expose("priority", { type: PriorityRef, ...describe.group("priority") }),
    depth: t.exposeInt("depth", describe.group("depth")),
    oldestAgeSeconds: t.exposeFloat("oldest_age_seconds", describe.group("oldest_age_seconds")),
  }),
});

const QueueStateRef = builder.objectRef<z.output<typeof getQueue.output>>("QueueState").implement({
  description: getQueue.output.description ?? "",
  fields: (t) => ({
    queues: t.expose("queues", { type: [QueueTotalRef], ...describe.state("queues") }),
    groups: t.expose("groups", { type: [QueueGroupRef], ...describe.state("groups") }),
  }),
});

builder.queryField("queue", (t) =>
  t.field({
    type: QueueStateRef,
    description: getQueue.summary,
    complexity: 50,
    resolve: (_root, _args, { ctx }) => getQueue.call(ctx, {}),
  }),
);
