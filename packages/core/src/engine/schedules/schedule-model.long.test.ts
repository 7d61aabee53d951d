import { expect, it } from "vitest";
import { checkSchedules } from "../../testing/schedules/schedule-property.ts";

it("schedules behave as the model under many random commands", async () => {
  await expect(checkSchedules(150)).resolves.toBeUndefined();
}, 1_800_000);
