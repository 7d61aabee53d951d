import { z } from "zod";
import { DomainError } from "../../common/domain-error.ts";
import { readExchanges } from "../../prices/exchange-days.ts";
import { preview } from "../../schedules/preview.ts";
import { WhenInput } from "../../schedules/when.ts";
import { query } from "../operation.ts";

/** Years in which every supported calendar has days that can be written with four digits. */
const [earliest, latest] = ["1970-01-01T00:00:00.000Z", "2200-01-01T00:00:00.000Z"].map((iso) => Date.parse(iso)) as [
  number,
  number,
];

export const PreviewedFire = z
  .object({
    fire_at: z.iso.datetime().meta({ description: "When the schedule fires." }),
    local: z.string().meta({
      description: "The same in the time zone of the rule, with its offset.",
      examples: ["2027-03-15T16:30:00-04:00"],
    }),
    trading_day: z.iso
      .date()
      .nullable()
      .meta({ description: "The session that the fire belongs to; null without an exchange." }),
  })
  .meta({ id: "PreviewedFire" });

export const previewSchedule = query({
  name: "previewSchedule",
  summary: "Show when a rule would fire, without storing anything.",
  scope: "read",
  input: z
    .strictObject({
      when: WhenInput,
      from: z.iso
        .datetime({ offset: true })
        .refine((iso) => Date.parse(iso) >= earliest && Date.parse(iso) <= latest, "must be from 1970 to 2200")
        .nullish()
        .meta({ description: "Only fires after this instant; now when absent." }),
      count: z.int().min(1).max(100).nullish().meta({ description: "Number of fires; 10 when absent." }),
    })
    .meta({ id: "PreviewSchedule" }),
  output: z
    .object({
      description: z.string().meta({ description: "The rule in words." }),
      fires: z.array(PreviewedFire).meta({ description: "The next fires, oldest first." }),
      warnings: z.array(z.string()).meta({ description: "What may be a mistake in the rule." }),
    })
    .meta({ id: "SchedulePreview" }),
  async run(ctx, { when, from, count }) {
    const exchanges = await readExchanges(ctx.database.db);
    const after = from === undefined || from === null ? Date.now() : Date.parse(from);
    const { description, fires, warnings } = preview(when, exchanges, after, count ?? 10);
    if (fires.length === 0) {
      const message = "does not fire within five years";
      throw new DomainError("invalid", `when.cron: ${message}`, [{ path: "when.cron", message }]);
    }
    return { description, fires: [...fires], warnings: [...warnings] };
  },
});
