import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { CallbackAddressError, parseAddress, resolveAddress } from "./address.ts";
import type { RequestContext } from "./evaluate.ts";
import type { Dialect } from "./expression.ts";
import { attempt } from "../testing/attempt.ts";
import { anyCharacter } from "../testing/any-character.ts";

const invoices = parseAddress("{$request.query.callback_url}/invoices/{$request.body#/id}");

/** The resolved address for an invoice with this id, or the reason for the refusal. */
function invoiceAddress(callbackUrl: unknown, id: unknown): string {
  return resolveAddress(invoices, request({ query: { callback_url: callbackUrl }, body: { id } }));
}

function request(more: Partial<RequestContext>): RequestContext {
  return { url: "https://yourapi.com/invoices/", method: "POST", ...more };
}

describe("the base URL", () => {
  it.each([
    "https://www.external.org",
    "https://www.external.org/events",
    "HTTP://User-Server.com:8888/웹훅/%2e%2e?a=1&b=%20#part",
    "http://[::1]:8888/callback",
  ])("is used unchanged: %s", (url) => {
    const address = parseAddress("{$request.body#/callback_url}");
    expect(resolveAddress(address, request({ body: { callback_url: url } }))).toBe(url);
  });

  it("may be bare", () => {
    const address = parseAddress("$request.body#/callback_url");
    expect(resolveAddress(address, request({ body: { callback_url: "http://x.org" } }))).toBe("http://x.org");
  });

  it("may be fixed", () => {
    const body = { id: "a b", email: "a@b.c&d=e" };
    const address = (text: string): string => resolveAddress(parseAddress(text), request({ body }));
    expect(address("https://example.org/hooks/all")).toBe("https://example.org/hooks/all");
    expect(address("http://example.org?id={$request.body#/id}&email={$request.body#/email}")).toBe(
      "http://example.org?id=a%20b&email=a%40b.c%26d%3De",
    );
  });

  it.each([
    [undefined, "the request has no query parameter callback_url"],
    [null, "not an http or https URL"],
    [["https://a.org", "https://b.org"], "not an http or https URL"],
    [7, "not an http or https URL"],
    ["", "not an http or https URL"],
    ["/events", "not an http or https URL"],
    ["ftp://x.org", "not an http or https URL"],
    ["javascript:alert(1)", "not an http or https URL"],
    ["https:x.org", "not an http or https URL"],
    ["https:///x.org", "not an http or https URL"],
    ["https://x.org:99999", "not a valid URL"],
    ["https://exa mple.org", "white space, control characters or backslashes in the URL"],
    ["https://x.org/a\n", "white space, control characters or backslashes in the URL"],
    ["https://x.org/\ud800", "half of a character (a lone surrogate) in the URL"],
    ["https://x.org\\events", "white space, control characters or backslashes in the URL"],
    ["https://user:secret@x.org", "user name or password in the URL"],
  ])("%j is refused: %s", (callbackUrl, reason) => {
    expect(() => invoiceAddress(callbackUrl, "1")).toThrow(
      expect.objectContaining({
        name: "CallbackAddressError",
        expression: "$request.query.callback_url",
        reason,
        message: `Cannot resolve {$request.query.callback_url}: ${reason}`,
      }),
    );
  });
});

describe("what follows the base", () => {
  it.each([
    ["https://www.external.org/events", "https://www.external.org/events/invoices/2expen51ve"],
    ["https://www.external.org/events/", "https://www.external.org/events/invoices/2expen51ve"],
    ["https://www.external.org/events//", "https://www.external.org/events/invoices/2expen51ve"],
    ["https://www.external.org", "https://www.external.org/invoices/2expen51ve"],
    ["https://x.org/y?token=1", "https://x.org/y/invoices/2expen51ve?token=1"],
    ["https://x.org?token=1&path=/a/", "https://x.org/invoices/2expen51ve?token=1&path=/a/"],
    ["https://x.org/y/?token=1#part?/", "https://x.org/y/invoices/2expen51ve?token=1#part?/"],
    ["https://x.org/y?", "https://x.org/y/invoices/2expen51ve"],
  ])("%s becomes %s", (base, address) => {
    expect(invoiceAddress(base, "2expen51ve")).toBe(address);
  });

  it.each([
    ["a/b", "a%2Fb"],
    ["../../x", "..%2F..%2Fx"],
    ["?q#f", "%3Fq%23f"],
    ["%2e%2e/a", "%252e%252e%2Fa"],
    ["a\\b", "a%5Cb"],
    ["a\nb", "a%0Ab"],
    ["...", "..."],
    ["한글", "%ED%95%9C%EA%B8%80"],
    [42, "42"],
    [1e21, "1e%2B21"],
    [true, "true"],
  ])("%j is one path segment", (id, segment) => {
    expect(invoiceAddress("https://x.org/e", id)).toBe(`https://x.org/e/invoices/${segment}`);
  });

  it.each([
    [undefined, "the body of the request has no /id"],
    ["", "empty"],
    [".", ". would change the path"],
    ["..", ".. would change the path"],
    ["%2E%2e", "%2E%2e would change the path"],
    [null, "neither text nor a number nor true or false"],
    [{ a: 1 }, "neither text nor a number nor true or false"],
    [["a"], "neither text nor a number nor true or false"],
    ["\uD800", "not well-formed Unicode"],
  ])("%j is refused: %s", (id, reason) => {
    expect(() => invoiceAddress("https://x.org", id)).toThrow(
      expect.objectContaining({ name: "CallbackAddressError", expression: "$request.body#/id", reason }),
    );
  });

  it("refuses dots next to other values too", () => {
    const address = parseAddress("{$request.query.to}/{$request.body#/a}{$request.body#/b}/x");
    const resolve = (a: string, b: string): string =>
      resolveAddress(address, request({ query: { to: "https://x.org" }, body: { a, b } }));
    expect(resolve("a.", "...b")).toBe("https://x.org/a....b/x");
    expect(() => resolve(".", ".")).toThrow(CallbackAddressError);
    expect(() => resolve("..", "b")).toThrow(CallbackAddressError);
  });

  it("adds its query to that of the base", () => {
    const address = parseAddress("{$request.query.to}?id={$request.body#/id}");
    const resolve = (to: string): string => resolveAddress(address, request({ query: { to }, body: { id: "a&b" } }));
    expect(resolve("https://x.org/y/")).toBe("https://x.org/y/?id=a%26b");
    expect(resolve("https://x.org/y?token=1#f")).toBe("https://x.org/y?token=1&id=a%26b#f");
  });

  it("evaluates FastAPI's shorthand like its valid twin", () => {
    const shorthand = parseAddress("{$callback_url}/invoices/{$request.body.id}", "fastapi");
    const context = request({ query: { callback_url: "https://www.external.org/events" }, body: { id: "2expen51ve" } });
    expect(resolveAddress(shorthand, context)).toBe("https://www.external.org/events/invoices/2expen51ve");
    expect(resolveAddress(shorthand, context)).toBe(resolveAddress(invoices, context));
    expect(() => resolveAddress(shorthand, request({}))).toThrow("{$callback_url}");
  });
});

describe("a malformed template fails when it is parsed", () => {
  it.each<[string, number, Dialect?]>([
    ["", 0],
    ["/callback", 0],
    ["ftp://x.org/", 0],
    ["https://", 0],
    ["https://{$request.query.host}/x", 0],
    ["https://user:pw@x.org/", 0],
    ["{callback_url}", 1],
    ["{$callback_url}/x", 2],
    ["{$request.body.id}", 14],
    ["{$request.body#/a~2}", 17],
    ["{$request.query.to}/a/{$request.cookie.x}", 32],
    ["{$request.query.to", 18],
    ["{$request.query.to}}", 19],
    ["{$request.query.to}/{a", 22],
    ["{$request.query.{to}}", 16],
    ["$request.body#/a/{$url}", 17],
    ["$request.query.a}", 16],
    ["{$request.query.to}x/{$url}", 19],
    ["{$request.query.to}:8080/x", 19],
    ["{$request.query.to}{$url}", 19],
    ["https://x.org{$url}", 13],
    ["{$request.query.to}/a b", 21],
    ["{$request.query.to}/a#b", 21],
    ["{$request.query.to}/%2{$request.body#/a}", 20],
    ["{$request.query.to}/a/../b/{$url}", 19],
    ["{$request.query.to}/%2E%2e", 19],
    ["{$1}", 2, "fastapi"],
  ])("%j at position %i", (text, position, dialect) => {
    expect(() => parseAddress(text, dialect)).toThrow(
      expect.objectContaining({ name: "TemplateSyntaxError", text, position }),
    );
  });
});

it("never lets a value add a path segment, a query or a fragment, or change the host", () => {
  const value = fc.oneof(
    fc.string({ unit: anyCharacter }),
    fc.string({ unit: fc.constantFrom(".", "/", "\\", "%2e", "%2F", "?", "#", "&", "=", "@", ":", "a", " ", "\n") }),
    fc.jsonValue(),
  );
  const base = fc.constantFrom("https://x.org", "https://x.org/a/", "https://x.org/a/b?c=d", "http://[::1]:8888/?e#f");
  const template = fc.constantFrom("/p/{$request.body#/v}", "/{$request.body#/v}/p", "/p-{$request.body#/v}.json");
  fc.assert(
    fc.property(base, template, value, (to, behind, v) => {
      const address = parseAddress(`{$request.query.to}${behind}`);
      const resolve = (any: unknown): URL =>
        new URL(resolveAddress(address, request({ query: { to }, body: { v: any } })));
      const found = attempt(() => resolve(v));
      if (found instanceof CallbackAddressError) return;
      const plain = resolve("plain");
      expect(found).toMatchObject({ origin: plain.origin, search: plain.search, hash: plain.hash });
      const segments = plain.pathname.split("/").map((segment) => segment.replace("plain", () => String(v)));
      expect((found as URL).pathname.split("/").map(decodeURIComponent)).toEqual(segments);
    }),
    { numRuns: 1000 },
  );
});
