import { z } from "zod";
import { DomainError } from "../../common/domain-error.ts";
import { type ExchangeName, exchangeNames, isExchangeName } from "../../exchanges/exchange.ts";

/** Part of paths, so an unknown name is `not_found` rather than `invalid`. */
export const exchangeInput = z.string().meta({
  description: "Exchange by its market identifier code: XNYS, XKRX, or `weekdays`.",
  examples: ["XNYS"],
});

/** A local time of an exchange. */
export const LocalTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time such as 13:00")
  .meta({ description: "Local time of the exchange.", examples: ["13:00"] });

/** A day on which an exchange does not follow its rules. */
export const ExchangeDay = z
  .object({
    day: z.iso.date().meta({ description: "The day." }),
    session: z
      .boolean()
      .nullable()
      .meta({ description: "Whether the exchange trades on that day; null where the rules apply again." }),
    close: LocalTime.nullable().meta({ description: "When it closes; null for the usual time." }),
    note: z.string().nullable().meta({ description: "The reason that the operator gave." }),
  })
  .meta({ id: "ExchangeDay", description: "A day on which an exchange does not follow its rules." });

/** @throws DomainError `not_found` that lists the known exchanges */
export function ensureExchange(name: string): ExchangeName {
  if (isExchangeName(name)) return name;
  throw new DomainError("not_found", `Unknown exchange: ${name}. Known exchanges: ${exchangeNames.join(", ")}`);
}
