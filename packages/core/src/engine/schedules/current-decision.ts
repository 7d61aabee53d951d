import { z } from "zod";
import { Decision } from "../../schedules/decision.ts";

/** The decision of a schedule's latest run, as it is stored. */
export const CurrentDecision = z.object({
  execution_id: z.int().positive().meta({ description: "The execution that decided." }),
  decision: Decision,
  previous: Decision.nullable().meta({ description: "The previous decision; null for the first." }),
  turnover: z.number().meta({ description: "Share of the account that the decision trades." }),
  changed: z.boolean().meta({ description: "Whether it differs from the previous decision." }),
  because: z.string().nullable().meta({ description: "Why, in one line." }),
  decided_on: z.iso.date().nullable().meta({ description: "Day of the decision." }),
  traded_on: z.iso.date().nullable().meta({ description: "Day on which it was traded; null if not yet." }),
  prices_until: z.iso.date().nullable().meta({ description: "Last day of the prices that it is based on." }),
});
export type CurrentDecision = z.output<typeof CurrentDecision>;
