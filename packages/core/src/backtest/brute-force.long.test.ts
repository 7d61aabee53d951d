import { describe } from "vitest";
import { agreesWithBruteForce } from "../testing/agrees-with-brute-force.ts";
import { fundPrices, hasReferenceData } from "../testing/prices.ts";

describe.runIf(hasReferenceData)("on real prices", () => {
  agreesWithBruteForce(fundPrices);
});
