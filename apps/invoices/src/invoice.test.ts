import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CallbackUrl, Invoice } from "./invoice.ts";

const given = { id: "2expen51ve", customer: "Mr. Richie Rich" };

describe("Invoice", () => {
  it("accepts a total as a number or as text", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (total) => {
        const { total: ofNumber } = Invoice.parse({ ...given, total });
        const { total: ofText } = Invoice.parse({ ...given, total: JSON.stringify(total) });
        expect([ofNumber, ofText]).toEqual([total, total === 0 ? 0 : total]);
      }),
    );
  });

  it.each([null, true, "", " ", "9,999", "nine", "0x10", "Infinity", "1e999", Number.POSITIVE_INFINITY, [], undefined])(
    "refuses %j as a total",
    (total) => {
      expect(Invoice.safeParse({ ...given, total }).error?.issues).toMatchObject([{ path: ["total"] }]);
    },
  );

  it("ignores unknown fields, and needs no title", () => {
    expect(Invoice.parse({ ...given, total: 1, currency: "EUR" })).toEqual({ ...given, total: 1 });
    expect(Invoice.parse({ ...given, total: 1, title: null })).toEqual({ ...given, total: 1, title: null });
  });

  it("refuses ill-formed Unicode", () => {
    expect(Invoice.safeParse({ ...given, id: "\ud800", total: 1 }).error?.issues).toMatchObject([{ path: ["id"] }]);
  });
});

describe("CallbackUrl", () => {
  const ofLength = (length: number) => `https://example.org/${"x".repeat(length - 20)}`;

  it.each(["http://localhost:9001", "https://www.external.org/events?token=1", ofLength(2083)])("accepts %s", (url) => {
    expect(CallbackUrl.parse(url)).toBe(url);
  });

  it.each([
    "",
    "events",
    "ftp://example.org",
    "https://",
    "http://user:secret@example.org",
    ofLength(2084),
    `https://example.org/${"가".repeat(300)}`,
  ])("refuses %s", (url) => {
    expect(CallbackUrl.safeParse(url).success).toBe(false);
  });
});
