import { strategyProperties } from "../testing/strategy-properties.ts";

strategyProperties(1);
