import type { z } from "zod";

import type { Callback } from "../contract/contract.ts";
import { verifyCallback } from "../sign/verify.ts";
import { CallbackRejectedError } from "./callback-rejected-error.ts";
import { receiveCallback } from "./receive.ts";
import type { NodeRequest } from "./received-request.ts";

export interface ReceiverOptions<Payload> {
  /**
   * What the sender signs with: `whsec_` secrets or `whpk_` public keys, several during a rotation. `null` accepts callbacks
   * without a signature, from anybody.
   */
  readonly secrets: readonly string[] | null;
  /** Allowed difference between the timestamp of a signature and now; 300 when absent. */
  readonly toleranceSeconds?: number;
  /** 1,000,000 when absent. */
  readonly maxBytes?: number;
  /** Remembers handled callbacks, so that one sent again is answered and not handled again. Absent: all are handled. */
  readonly handled?: HandledCallbacks;
  /** Handles a callback. When it throws, the sender gets 500 and may send the callback again. */
  readonly handle: (callback: HandledCallback<Payload>) => unknown;
  /** Called with every failure of `handle` and of the store; silent when absent. */
  readonly onError?: (error: unknown) => void;
}

/**
 * A store of ids. A `Set` serves one process until it ends; a table with the id as its key serves many. An id is added after
 * `handle`, so a crash in between lets the callback be handled again. Write both in one transaction where that matters.
 */
export interface HandledCallbacks {
  has(id: string): boolean | Promise<boolean>;
  add(id: string): unknown;
}

export interface HandledCallback<Payload> {
  /** The same each time the callback is sent; null when the sender gives none. */
  readonly id: string | null;
  readonly payload: Payload;
  /** Header names are lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The response to a callback. */
export interface ReceiverAnswer {
  readonly status: number;
  /** JSON. */
  readonly body: string;
}

/** Answers a request of any framework. It never rejects. */
export type Receiver = (request: Request | NodeRequest) => Promise<ReceiverAnswer>;

/**
 * Creates a receiver: it checks signature, timestamp and payload, leaves out callbacks that were handled before, and answers.
 * Adapters connect it to a framework:
 *
 *     const receive = createReceiver(invoicePaid, { secrets: [secret], handle: ({ payload }) => note(payload) });
 *     export default { fetch: toFetchHandler(receive) };
 *     app.post("/callback", toExpressHandler(receive));
 */
export function createReceiver<Body extends z.core.$ZodType>(
  callback: Callback<Body>,
  { secrets, toleranceSeconds, maxBytes, handled, handle, onError }: ReceiverOptions<z.output<Body>>,
): Receiver {
  const underWay = new Map<string, Promise<ReceiverAnswer>>();

  async function handleOnce(received: HandledCallback<z.output<Body>>): Promise<ReceiverAnswer> {
    const { id } = received;
    if (id !== null && (await handled?.has(id)) === true) return accepted;
    await handle(received);
    if (id !== null) await handled?.add(id);
    return accepted;
  }

  /** Two requests with one id at the same time are handled once. */
  function handleInTurn(received: HandledCallback<z.output<Body>>): Promise<ReceiverAnswer> {
    const { id } = received;
    if (id === null || handled === undefined) return handleOnce(received);
    const answer = underWay.get(id) ?? handleOnce(received).finally(() => underWay.delete(id));
    underWay.set(id, answer);
    return answer;
  }

  return async (request) => {
    try {
      const { payload, headers } = await receiveCallback(callback, request, {
        ...(maxBytes !== undefined && { maxBytes }),
        ...(secrets !== null && {
          verify: (seen) =>
            verifyCallback(secrets, seen, { ...(toleranceSeconds !== undefined && { toleranceSeconds }) }),
        }),
      });
      return await handleInTurn({ id: headers["webhook-id"] ?? null, payload, headers });
    } catch (error) {
      if (error instanceof CallbackRejectedError) {
        return { status: error.status, body: JSON.stringify({ error: error.message, issues: error.issues }) };
      }
      onError?.(error);
      return { status: 500, body: JSON.stringify({ error: "The callback could not be handled" }) };
    }
  };
}

const accepted: ReceiverAnswer = { status: 200, body: JSON.stringify({ status: "received" }) };
