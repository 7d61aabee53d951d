import { text } from "node:stream/consumers";
import { type Ctx, DomainError, localClient, reportHtml, type ReportLanguage } from "@strategy-executor/core";

/** The report for the mail about an execution, as HTML; null if the execution did not complete. */
export async function reportForMail(
  ctx: Omit<Ctx, "client">,
  executionId: number,
  language: ReportLanguage,
): Promise<string | null> {
  try {
    return await text(await reportHtml({ ...ctx, client: localClient }, { execution_id: executionId, language }));
  } catch (error) {
    if (error instanceof DomainError && error.code === "conflict") return null;
    throw error;
  }
}
