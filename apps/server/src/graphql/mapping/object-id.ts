import { DomainError } from "@strategy-executor/core";

/**
 * The number that an id of GraphQL stands for: the number itself, as REST and logs show it, or a global id. `path`: the input field, which
 * says what it is the id of.
 * @throws DomainError `invalid` that names the field
 */
export function toNumber(id: string, path: string): number {
  const isSchedule = /(?:^|\.)schedule_id$/.test(path);
  const number = Number(/^\d{1,16}$/.test(id) ? id : numberIn(id, isSchedule ? ["Schedule"] : ["Execution", "Sweep"]));
  if (number > 0 && Number.isSafeInteger(number)) return number;
  const message = `must be the number of ${isSchedule ? "a schedule" : "an execution"}, such as "12", or its global id`;
  throw new DomainError("invalid", `${path}: ${message}`, [{ path, message }]);
}

/** The number in a global id of one of the types; NaN for any other text. */
function numberIn(id: string, types: readonly string[]): number {
  const [type = "", number = ""] = Buffer.from(id, "base64").toString("utf8").split(":");
  return types.includes(type) && /^\d{1,16}$/.test(number) ? Number(number) : Number.NaN;
}
