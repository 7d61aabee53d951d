import type { PendingCallback } from "@strategy-executor/db";
import { isMail } from "../../notifications/mailto.ts";
import type { NewJob } from "../work/job.ts";

/** The job that delivers a callback. Its id is the callback's, so a callback never has two jobs. */
export function callbackJob(executionId: number, { url, webhookId }: PendingCallback): NewJob {
  return { executionId, id: webhookId, group: receiverOf(url) };
}

/** The receiver of a callback, identified by its origin. All mail goes to one SMTP server. */
export function receiverOf(callbackUrl: string): string {
  return isMail(callbackUrl) ? "mailto:" : new URL(callbackUrl).origin;
}
