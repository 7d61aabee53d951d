import { DomainError } from "../../common/domain-error.ts";
import { type CallbackFormat, formatProblem } from "../../notifications/callback-format.ts";
import { isMail } from "../../notifications/mailto.ts";
import type { Ctx } from "../operation.ts";

/** The address and format of a callback, with the paths of the fields that they come from. */
export interface CheckedCallback {
  readonly url: string;
  /** Absent: `json`. */
  readonly format: CallbackFormat | null | undefined;
  readonly paths: { readonly url: string; readonly format: string };
}

/** @throws DomainError `invalid` unless callbacks may be sent to the address in this format */
export function checkCallback({ callbackGuard, mailer }: Ctx, { url, format, paths }: CheckedCallback): void {
  if (isMail(url)) {
    if (format !== null && format !== undefined) refuse(paths.format, "must be absent for mail");
    if (mailer === null) refuse(paths.url, "mail is not set up: the service needs SMTP_URL and SMTP_FROM");
    const problem = mailer?.checkRecipient(url);
    if (problem !== undefined) refuse(paths.url, problem);
    return;
  }
  const problem = callbackGuard.checkUrl(url) ?? formatProblem(format ?? "json", url);
  if (problem !== undefined) refuse(paths.url, problem);
}

function refuse(path: string, message: string): never {
  throw new DomainError("invalid", `${path}: ${message}`, [{ path, message }]);
}
