import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type InvoiceBook, InvoiceBookInUseError, openInvoiceBook } from "./invoice-book.ts";
import { type TemporaryFolder, temporaryFolder } from "./testing/temporary-folder.ts";

let folder: TemporaryFolder;
let book: InvoiceBook;

beforeEach(async () => {
  folder = await temporaryFolder();
  book = openInvoiceBook(folder.path);
});

afterEach(async () => {
  book[Symbol.dispose]();
  await folder[Symbol.asyncDispose]();
});

function invoice(id: string) {
  return { id, customer: "Mr. Richie Rich", total: 9999.5 };
}

describe("openInvoiceBook", () => {
  it("keeps every character when it is opened again", () => {
    const odd = { id: "a\0b/../ 전략", title: "", customer: "'); drop table invoices", total: 0.1 };
    book.add(odd, "http://localhost/events");
    book[Symbol.dispose]();
    book = openInvoiceBook(folder.path);
    expect(book.get(odd.id)).toEqual({
      ...odd,
      paid_at: null,
      callback: {
        url: "http://localhost/events",
        attempts: 0,
        sent: false,
        sent_at: null,
        response: null,
        mismatch: null,
      },
    });
    expect(book.get("a")).toBeNull();
  });

  it("can be opened by one process at a time", () => {
    expect(() => openInvoiceBook(folder.path)).toThrow(InvoiceBookInUseError);
    expect(() => openInvoiceBook(folder.path)).toThrow(folder.path);
  });

  it("accepts an id once", () => {
    expect(book.add(invoice("a"), null)).toBe(true);
    expect(book.add({ ...invoice("a"), total: 1 }, "http://localhost/")).toBe(false);
    expect(book.get("a")).toMatchObject({ total: 9999.5, callback: null });
  });

  it("accepts a payment once, for an existing invoice", () => {
    book.add(invoice("a"), null);
    expect(["a", "a", "b"].map((id) => book.recordPayment(id))).toEqual([true, false, false]);
    expect(book.get("a")?.paid_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it("has a callback due from the payment until a response is recorded, whatever was started", () => {
    for (const id of ["a", "b", "c"]) book.add(invoice(id), `http://localhost/${id}`);
    book.add(invoice("without"), null);
    expect(book.listDue(10, [])).toEqual([]);

    for (const id of ["b", "a", "without"]) book.recordPayment(id);
    const due = (id: string) => ({ invoiceId: id, url: `http://localhost/${id}` });
    expect(book.listDue(10, [])).toEqual(expect.arrayContaining([due("a"), due("b")]));
    expect(book.listDue(10, [])).toHaveLength(2);
    expect(book.listDue(1, [])).toHaveLength(1);
    expect(book.listDue(10, ["b"])).toEqual([due("a")]);

    book.beginDelivery("a");
    expect(book.listDue(10, ["b"])).toEqual([due("a")]);
    book.endDelivery("a", { response: { error: "Connection refused" }, sent_at: null, mismatch: null });
    expect(book.listDue(10, [])).toEqual([due("b")]);
    expect(book.get("a")?.callback).toMatchObject({
      attempts: 1,
      sent: false,
      response: { error: "Connection refused" },
    });
  });
});
