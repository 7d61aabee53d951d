import { describe } from "vitest";
import { stopsTheHungry } from "../../testing/stops-the-hungry.ts";

describe("executions that exceed the memory limit", () => {
  stopsTheHungry(["objects", "array", "map", "typed", "shared"], ["objects", "typed", "shared"]);
});
