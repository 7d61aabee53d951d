import { expect, it } from "vitest";
import { checkSchedules } from "../../testing/schedules/schedule-property.ts";

it("schedules behave as the model under random commands", async () => {
  await expect(checkSchedules(8)).resolves.toBeUndefined();
});
