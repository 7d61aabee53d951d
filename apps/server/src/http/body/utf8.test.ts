import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeUtf8, NotUtf8Error } from "./utf8.ts";
import { anyCharacter } from "@strategy-executor/core/testing";

it("reads what TextEncoder writes", () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), (text) => {
      const wellFormed = text.toWellFormed().replace(/^\uFEFF/, "");
      expect(decodeUtf8(new TextEncoder().encode(wellFormed))).toBe(wellFormed);
    }),
  );
});

it("names the first byte that cannot be read, or the last one of a text that is cut off", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.uint8Array({ maxLength: 8 }), (text, tail) => {
      const good = new TextEncoder().encode(text.replace(/^\uFEFF/, ""));
      const bytes = Buffer.concat([good, Buffer.of(0xff), tail]);
      const error = errorOf(bytes);
      expect(error).toBeInstanceOf(NotUtf8Error);
      expect((error as NotUtf8Error).byte).toBe(good.length + 1);
    }),
  );
  expect(errorOf(Buffer.of(0x41, 0x0a, 0xec, 0x9c))).toMatchObject({ line: 2, byte: 4 });
});

function errorOf(bytes: Uint8Array): unknown {
  try {
    return decodeUtf8(bytes);
  } catch (error) {
    return error;
  }
}
