import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";

import { type CallbackPayload, defineCallback } from "./contract.ts";

const base = {
  name: "finished",
  summary: "Sent at the end",
  address: "{$request.body#/callback_url}",
  requestBody: z.object({ id: z.int(), ok: z.boolean().default(true) }),
  responses: { "2XX": { description: "Accepted" } },
} as const;

describe("defineCallback", () => {
  it("fills in the defaults", () => {
    expect(defineCallback(base)).toMatchObject({
      name: "finished",
      method: "post",
      operationId: "finished",
      address: { text: "{$request.body#/callback_url}" },
    });
    expect(defineCallback({ ...base, method: "put", operationId: "tell" })).toMatchObject({
      method: "put",
      operationId: "tell",
    });
  });

  it("types the payload", () => {
    const finished = defineCallback(base);
    expectTypeOf<CallbackPayload<typeof finished>>().toEqualTypeOf<{ id: number; ok: boolean }>();
  });

  it("refuses a malformed address with its position", () => {
    expect(() => defineCallback({ ...base, address: "{$request.body.callback_url}" })).toThrow(
      expect.objectContaining({ name: "TemplateSyntaxError", position: 14 }),
    );
  });

  it("refuses an invalid example", () => {
    const examples = { first: { value: { id: 1.5 } } };
    expect(() => defineCallback({ ...base, examples })).toThrow(/^Example first of callback finished: id: /);
  });

  it.each([[{}], [{ 99: { description: "?" } }], [{ ok: { description: "?" } }]])(
    "refuses the responses %j",
    (responses) => {
      expect(() => defineCallback({ ...base, responses })).toThrow("Responses of callback finished");
    },
  );
});
