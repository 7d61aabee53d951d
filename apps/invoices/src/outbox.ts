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

/** Sends due callbacks, each once. Disposal waits for open deliveries. */
export interface Outbox extends AsyncDisposable {
  /** Checks for due callbacks, after a payment was recorded. */
  wake(): void;
}

/**
 * Starts with the callbacks of an earlier process. A callback is due until its response is recorded, so one whose
 * response was lost in a crash is sent again: a receiver may see a callback twice, never none.
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
      // A bug of this program. The callback stays due until the next wake; an immediate retry would fail alike.
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

/** Hanging receivers delay no others, up to this many. */
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
