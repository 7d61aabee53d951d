import { printableText } from "../../common/printable-text.ts";
import { clearExchangeDay, listExchangeDays, setExchangeDay as store } from "@strategy-executor/db";
import { z } from "zod";
import { givenDay } from "../../common/given-time.ts";
import { DomainError } from "../../common/domain-error.ts";
import { moveFires } from "../../engine/schedules/move-fires.ts";
import { toDay } from "../../market/calendar.ts";
import { readExchanges } from "../../prices/exchange-days.ts";
import { mutation } from "../operation.ts";
import { ensureExchange, ExchangeDay, exchangeInput } from "./exchange-day.ts";

/** Limited, because all of them are read with every calendar. */
const maxExceptions = 1_000;

const { session, close } = ExchangeDay.shape;

export const setExchangeDay = mutation({
  name: "setExchangeDay",
  summary: "Open or close an exchange on a day, against the rules of its calendar.",
  scope: "admin",
  input: z.strictObject({
    exchange: exchangeInput,
    day: givenDay().meta({ description: "The day." }),
    // GraphQL has no required argument that may be null.
    session: session.optional().meta({
      description: "Whether the exchange trades on that day; null restores the rules. Required.",
    }),
    close: close
      .optional()
      .meta({ description: "When the exchange closes on that day; at the usual time when absent." }),
    note: printableText(200).nullish().meta({ description: "The reason." }),
  }),
  output: ExchangeDay,
  async run(ctx, input) {
    const exchange = ensureExchange(input.exchange);
    if (input.session === undefined) {
      const message = "must be true, false, or null to leave the day to the rules again";
      throw new DomainError("invalid", `session: ${message}`, [{ path: "session", message }]);
    }
    const exception = { day: input.day, close: input.close ?? null, note: input.note ?? null };
    const { db } = ctx.database;
    const changed = { exchange, day: toDay(input.day), before: await readExchanges(db) };
    if (input.session === null) {
      await clearExchangeDay(db, exchange, input.day);
      await moveFires(db, changed);
      ctx.schedules.changed();
      return { day: input.day, session: null, close: null, note: null };
    }
    const days = await listExchangeDays(db, exchange);
    if (days.length >= maxExceptions && !days.some((held) => held.day === input.day)) {
      const message = `is one too many: ${exchange} has ${maxExceptions} days set already`;
      throw new DomainError("invalid", `day: ${message}`, [{ path: "day", message }]);
    }
    await store(db, { exchange, session: input.session, ...exception });
    await moveFires(db, changed);
    ctx.schedules.changed();
    ctx.log.info({ exchange, session: input.session, ...exception }, "day of an exchange set");
    return { session: input.session, ...exception };
  },
});
