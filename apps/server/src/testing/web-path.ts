import { anyCharacter } from "@strategy-executor/core/testing";
import fc from "fast-check";

const character = fc.oneof(fc.constantFrom(..."azAZ09-._~!$&'()*+,;=:@"), anyCharacter.map(encodeURIComponent));

/** Paths of web addresses. Those of fast-check take more than a second to make. */
export const webPath: fc.Arbitrary<string> = fc
  .array(fc.string({ unit: character }))
  .map((segments) => segments.map((segment) => `/${segment}`).join(""));
