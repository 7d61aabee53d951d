import { expect, it } from "vitest";

import { createDeliverer } from "../deliver/deliver.ts";
import { createGuard } from "./guard.ts";

const unknown = () => Promise.reject(Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" }));
const refused = async () => [{ address: "169.254.169.254", family: 4 }];

it.each([
  ["an unknown name", unknown, "DNS lookup failed: unknown name"],
  ["a name without an address", async () => [], "DNS lookup failed: unknown name"],
  ["a refused address", refused, "DNS lookup failed: no address that may be called"],
])("tells %s in development, and both alike in production", async (_name, resolveHost, reason) => {
  const errorWith = async (allowPrivate: boolean) => {
    await using deliverer = createDeliverer({ ...createGuard({ allowPrivate, allowHttp: true }), resolveHost });
    return await deliverer.deliver({ url: "http://receiver.example/", body: "{}", timeoutMs: 5_000 });
  };
  expect(await errorWith(true)).toMatchObject({ error: reason });
  expect(await errorWith(false)).toMatchObject({
    error: "DNS lookup failed: unknown name, or no address that may be called",
  });
});
