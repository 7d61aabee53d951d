import { strategyProperties } from "../testing/strategy-properties.ts";

strategyProperties({ variants: "all", numRuns: 10 });
