import { z } from "zod";
import { Ticker } from "../schemas.ts";

const Day = z.iso.date().nullable();

/** The effect of a refresh on a ticker. */
export const RefreshedPrices = z
  .object({
    ticker: Ticker,
    outcome: z.enum(["new", "replaced", "unchanged", "refused", "failed", "skipped"]).meta({
      description:
        "`new` and `replaced`: the provider's prices are stored now; `unchanged`: they were stored already; `refused`: they " +
        "contradict the stored prices, which stay; `failed`: the provider had none; `skipped`: no provider is set up for the ticker.",
    }),
    provider: z.string().nullable().meta({ description: "The provider that was asked; null when none was." }),
    first_day: Day.meta({ description: "First stored day now; null without any." }),
    last_day: Day.meta({ description: "Last stored day now; null without any." }),
    rows: z.int().nonnegative().meta({ description: "Stored days now." }),
    new_days: z.int().nonnegative().meta({ description: "Days that were not stored before." }),
    message: z.string().nullable().meta({ description: "Why nothing was stored; null otherwise." }),
  })
  .meta({ id: "RefreshedPrices", description: "What a refresh did to the prices of a ticker." });
export type RefreshedPrices = z.output<typeof RefreshedPrices>;
