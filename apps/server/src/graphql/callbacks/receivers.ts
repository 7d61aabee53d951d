import { CircuitState, listReceivers, ReceiverState } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { enumOf } from "../mapping/enum-of.ts";
import { fieldDescriptions } from "../mapping/field-descriptions.ts";

const describe = fieldDescriptions(ReceiverState);

const CircuitStateRef = enumOf("CircuitState", CircuitState.options, { description: CircuitState.description });

const ReceiverStateRef = builder.objectRef<z.output<typeof ReceiverState>>("ReceiverState").implement({
  description: ReceiverState.description ?? "",
  fields: (t) => ({
    origin: t.exposeString("origin", describe("origin")),
    circuit: t.expose("circuit", { type: CircuitStateRef, ...describe("circuit") }),
    failures: t.exposeInt("failures", { nullable: true, ...describe("failures") }),
    openUntil: t.expose("open_until", { type: "DateTime", nullable: true, ...describe("open_until") }),
    underWay: t.exposeInt("under_way", describe("under_way")),
    latencyMs: t.exposeInt("latency_ms", { nullable: true, ...describe("latency_ms") }),
    deliveredAt: t.expose("delivered_at", { type: "DateTime", nullable: true, ...describe("delivered_at") }),
    failedAt: t.expose("failed_at", { type: "DateTime", nullable: true, ...describe("failed_at") }),
  }),
});

builder.queryField("receivers", (t) =>
  t.field({
    type: [ReceiverStateRef],
    description: listReceivers.summary,
    resolve: async (_root, _args, { ctx }) => (await listReceivers.call(ctx, {})).receivers,
  }),
);
