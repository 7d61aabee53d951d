import { z } from "zod";
import { DomainError } from "../common/domain-error.ts";

const maxIds = 500;

/** Input fields of operations that change many executions. */
export const bulkInput = {
  ids: z
    .array(z.int().positive())
    .min(1)
    .max(maxIds)
    .nullish()
    .meta({ description: `Only these executions, at most ${maxIds}.`, examples: [[12, 15]] }),
  dry_run: z.boolean().nullish().meta({ description: "Only counts, and changes nothing." }),
};

/** A request without a filter would change everything, so it is refused. @throws DomainError `invalid` */
export function ensureSelective(filters: readonly unknown[]): void {
  if (filters.some((value) => value !== undefined && value !== null)) return;
  throw new DomainError("invalid", "Give ids or a filter", [{ path: "ids", message: "is needed, or a filter" }]);
}

type WithoutNull<Fields> = { [Name in keyof Fields]: Exclude<Fields[Name], null> };

/** Null means the same as absence. */
export function withoutNull<Fields extends object>(fields: Fields): WithoutNull<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as WithoutNull<Fields>;
}
