import type { LoadAnswer } from "../processes/load.ts";
import type { ReceiverAnswer } from "../processes/receiver.ts";

/**
 * Ensures that no submission was refused and that each accepted execution completed with exactly one callback.
 *
 * @throws Error that says what went wrong
 */
export async function ensureNothingLost(url: string, sent: LoadAnswer, received: ReceiverAnswer): Promise<void> {
  if (Object.keys(sent.refused).length > 0) throw new Error(`Refused: ${JSON.stringify(sent.refused)}`);
  const accepted = new Set(sent.ids);
  if (accepted.size !== sent.ids.length) throw new Error("An id was given twice");
  const called = new Set(received.ids);
  if (called.size !== received.ids.length) {
    throw new Error(`${received.ids.length - called.size} callbacks arrived more than once`);
  }
  const missing = accepted.difference(called);
  if (missing.size > 0) throw new Error(`${missing.size} of ${accepted.size} callbacks never arrived`);
  const unexpected = called.difference(accepted);
  if (unexpected.size > 0) throw new Error(`${unexpected.size} callbacks of executions that were not accepted`);
  await ensureCompleted(url, accepted);
}

/** Reads the list page by page, as a client does. */
async function ensureCompleted(url: string, ids: ReadonlySet<number>): Promise<void> {
  const missing = new Set(ids);
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const response = await fetch(`${url}/executions/?limit=500${query}`);
    const page = (await response.json()) as {
      executions: { execution_id: number; status: string }[];
      next_cursor: string | null;
    };
    for (const { execution_id: id, status } of page.executions) {
      if (!missing.delete(id)) continue;
      if (status !== "completed") throw new Error(`Execution ${id} is ${status}`);
    }
    cursor = page.next_cursor;
  } while (cursor !== null && missing.size > 0);
  if (missing.size > 0) throw new Error(`${missing.size} executions are not in the list`);
}
