import { strategyProperties } from "../testing/strategy-properties.ts";

strategyProperties({ variants: "main", numRuns: 1 });
