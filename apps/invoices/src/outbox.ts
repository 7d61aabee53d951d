import {
  checkResponse,
  type Deliverer,
  type DeliveryOutcome,
  isDelivered,
  preparePayload,
} from "@strategy-executor/callback";
import { invoiceNotification } from "./invoice-notification.ts";
import type { DeliveryRecord, DueCallback, InvoiceBook } from "./invoice-book.ts";
import type { Log } from "./log.ts";

/** Sends the callbacks that are due, each once. Disposing it waits for what is under way. */
export interface Outbox extends AsyncDisposable {
  /** Looks for what is due, after a payment was recorded. */
  wake(): void;
}

/**
 * Starts with what an earlier process left: a callback is due until what came back is recorded, so that one whose answer
 * was lost with the process is sent again. A receiver may see a callback twice, never none.
 */
export function startOutbox(book: InvoiceBook, deliverer: Deliverer, log: Log): Outbox {
  const underWay = new Map<string, Promise<void>>();
  let ending = false;

  function wake(): void {
    if (ending) return;
    for (const due of book.listDue(maxAtOnce - underWay.size, [...underWay.keys()])) {
      underWay.set(due.invoiceId, settle(due));
    }
  }

  async function settle(due: DueCallback): Promise<void> {
    try {
      await send(due);
    } catch (error) {
      // A fault of ours. It stays due, but for the next wake: one at once would fail alike.
      log(`invoice ${due.invoiceId}: callback not sent: ${String(error)}`);
      return;
    } finally {
      underWay.delete(due.invoiceId);
    }
    wake();
  }

  async function send({ invoiceId, url }: DueCallback): Promise<void> {
    const body = preparePayload(invoiceNotification, { description: "Payment celebration", paid: true });
    book.beginDelivery(invoiceId);
    const outcome = await deliverer.deliver({ url, body, timeoutMs });
    const record = toRecord(outcome);
    book.endDelivery(invoiceId, record);
    log(`invoice ${invoiceId}: callback to ${url}: ${summary(outcome, record)}`);
  }

  wake();
  return {
    wake,
    async [Symbol.asyncDispose]() {
      ending = true;
      await Promise.all(underWay.values());
    },
  };
}

/** A receiver that hangs holds up nobody but itself, until there are that many of them. */
const maxAtOnce = 16;
const timeoutMs = 10_000;

function toRecord(outcome: DeliveryOutcome): DeliveryRecord {
  if (outcome.kind === "not-answered") return { response: { error: outcome.error }, sent_at: null, mismatch: null };
  const { statusCode, responseText, headers } = outcome;
  const response = { status_code: statusCode, response_text: responseText, headers };
  if (!isDelivered(outcome)) return { response, sent_at: null, mismatch: null };
  const check = checkResponse(invoiceNotification, outcome);
  return { response, sent_at: new Date().toISOString(), mismatch: check.matched ? null : check.reason };
}

function summary(outcome: DeliveryOutcome, { mismatch }: DeliveryRecord): string {
  if (outcome.kind === "not-answered") return outcome.error;
  return mismatch === null ? `status ${outcome.statusCode}` : `status ${outcome.statusCode}, but ${mismatch}`;
}
