import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Invoice, InvoiceStatus } from "./invoice.ts";

type CallbackStatus = NonNullable<InvoiceStatus["callback"]>;

/** The outcome of one delivery. */
export type DeliveryRecord = Pick<CallbackStatus, "sent_at" | "mismatch"> & {
  readonly response: NonNullable<CallbackStatus["response"]>;
};

/** A callback that is due. */
export interface DueCallback {
  readonly invoiceId: string;
  readonly url: string;
}

/** Another process holds the database. */
export class InvoiceBookInUseError extends Error {
  override readonly name = "InvoiceBookInUseError";
}

/** All invoices, in an embedded database that one process holds at a time. Every method is durable when it returns. */
export interface InvoiceBook extends Disposable {
  /** Returns false, without a change, when the id exists. `callbackUrl` is the resolved address. */
  add(invoice: Invoice, callbackUrl: string | null): boolean;
  get(id: string): InvoiceStatus | null;
  /** Returns false when there is no unpaid invoice with that id. The payment makes the callback due. */
  recordPayment(id: string): boolean;
  /** Callbacks of paid invoices without a recorded response, oldest payment first, excluding the given invoices. */
  listDue(limit: number, except: readonly string[]): DueCallback[];
  /** Records an attempt before it is sent. */
  beginDelivery(invoiceId: string): void;
  endDelivery(invoiceId: string, record: DeliveryRecord): void;
}

/**
 * Opens the invoices in a folder, creating both if needed. @throws InvoiceBookInUseError when another process holds
 * them
 */
export function openInvoiceBook(dataDir: string): InvoiceBook {
  mkdirSync(dataDir, { recursive: true });
  const database = new DatabaseSync(join(dataDir, "invoices.sqlite"));
  try {
    database.exec(schema);
  } catch (error) {
    database.close();
    if (isBusy(error)) throw new InvoiceBookInUseError(`The invoices in ${dataDir} are in use by another process`);
    throw error;
  }
  const insert = database.prepare(
    "insert into invoices (id, title, customer, total, callback_url) values (?, ?, ?, ?, ?) on conflict do nothing",
  );
  const select = database.prepare("select * from invoices where id = ?");
  const pay = database.prepare("update invoices set paid_at = ? where id = ? and paid_at is null");
  const due = database.prepare(
    `select id as invoiceId, callback_url as url from invoices
     where paid_at is not null and callback_url is not null and response is null
       and id not in (select value from json_each(?))
     order by paid_at, id limit ?`,
  );
  const begin = database.prepare("update invoices set attempts = attempts + 1 where id = ?");
  const end = database.prepare("update invoices set response = ?, sent_at = ?, mismatch = ? where id = ?");
  return {
    add: ({ id, title, customer, total }, callbackUrl) =>
      insert.run(id, title ?? null, customer, total, callbackUrl).changes === 1,
    get(id) {
      const row = select.get(id);
      return row === undefined ? null : fromRow(row as unknown as InvoiceRow);
    },
    recordPayment: (id) => pay.run(now(), id).changes === 1,
    listDue: (limit, except) => due.all(JSON.stringify(except), limit) as unknown as DueCallback[],
    beginDelivery: (invoiceId) => void begin.run(invoiceId),
    endDelivery: (invoiceId, { response, sent_at, mismatch }) =>
      void end.run(JSON.stringify(response), sent_at, mismatch, invoiceId),
    [Symbol.dispose]: () => database.close(),
  };
}

/** The first transaction takes a lock of the operating system, which is released when the process dies. */
const schema = `
  pragma locking_mode = exclusive;
  begin exclusive;
  create table if not exists invoices (
    id text primary key,
    title text,
    customer text not null,
    total real not null,
    callback_url text,
    paid_at text,
    attempts integer not null default 0,
    sent_at text,
    response text,
    mismatch text
  ) strict;
  create index if not exists invoices_due on invoices (paid_at, id)
    where paid_at is not null and callback_url is not null and response is null;
  commit;
`;

interface InvoiceRow {
  readonly id: string;
  readonly title: string | null;
  readonly customer: string;
  readonly total: number;
  readonly callback_url: string | null;
  readonly paid_at: string | null;
  readonly attempts: number;
  readonly sent_at: string | null;
  readonly response: string | null;
  readonly mismatch: string | null;
}

function fromRow(row: InvoiceRow): InvoiceStatus {
  const { id, title, customer, total, callback_url: url, paid_at, attempts, sent_at, mismatch } = row;
  const response = row.response === null ? null : (JSON.parse(row.response) as CallbackStatus["response"]);
  const callback = url === null ? null : { url, attempts, sent: sent_at !== null, sent_at, response, mismatch };
  return { id, title, customer, total, paid_at, callback };
}

function now(): string {
  return new Date().toISOString();
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === 5;
}
