import { DomainError } from "@strategy-executor/core";
import { builder } from "../builder.ts";

/** The argument that identifies an execution. */
export const executionIdArg = builder.args((t) => ({
  id: t.id({ required: true, description: "Global id of an execution, or its number." }),
}));

/**
 * Parses a global id, or an execution number as used over REST.
 * @throws DomainError `not_found` for anything else
 */
export function toExecutionId(id: string): number {
  const text = /^\d+$/.test(id)
    ? id
    : (/^Execution:(\d+)$/.exec(Buffer.from(id, "base64").toString("utf8"))?.[1] ?? "");
  const number = Number(text);
  if (number > 0 && Number.isSafeInteger(number)) return number;
  throw new DomainError("not_found", `There is no execution ${id.length <= 100 ? id : `${id.slice(0, 100)}…`}`);
}
