import fc from "fast-check";

const surrogates = 0x800;

/**
 * Any character of Unicode, halves of surrogate pairs excluded: a unit for `fc.string`. That of fast-check, `binary`, takes more
 * than a second to make.
 */
export const anyCharacter: fc.Arbitrary<string> = fc
  .nat(0x10ffff - surrogates)
  .map((number) => String.fromCodePoint(number < 0xd800 ? number : number + surrogates));
