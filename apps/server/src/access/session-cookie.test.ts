import { expect, it } from "vitest";
import { createSessionCookie } from "./session-cookie.ts";

it.each([
  [null, "", "strategy-executor-session=t; Max-Age=5; Path=/; HttpOnly; SameSite=Strict"],
  ["http://a.example/se", "/se", "strategy-executor-session=t; Max-Age=5; Path=/se; HttpOnly; SameSite=Strict"],
  ["https://a.example", "", "__Host-strategy-executor-session=t; Max-Age=5; Path=/; HttpOnly; Secure; SameSite=Strict"],
  [
    "https://a.example/se",
    "/se",
    "__Secure-strategy-executor-session=t; Max-Age=5; Path=/se; HttpOnly; Secure; SameSite=Strict",
  ],
])("at %s is set and read as browsers accept it", (publicUrl, basePath, expected) => {
  const cookie = createSessionCookie({ publicUrl: publicUrl === null ? null : new URL(publicUrl), basePath });
  const set = cookie.set("t", 5);
  expect(set).toBe(expected);
  expect(cookie.read(`a=b; ${set.split(";")[0]}; c=d`)).toBe("t");
  expect(cookie.read("a=b")).toBeUndefined();
  expect(cookie.read(undefined)).toBeUndefined();
  expect(cookie.clear()).toContain("Max-Age=0");
});
