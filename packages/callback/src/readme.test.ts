import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";

import { acceptInvoice, createInvoice, receiver, tellPaid } from "./example.ts";

it("shows code that exists", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const example = readFileSync(new URL("./example.ts", import.meta.url), "utf8");
  const blocks = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code);
  expect(blocks).toHaveLength(4);
  for (const code of blocks) expect(example).toContain(code);
});

it("shows code that works", async () => {
  receiver.listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const base = `http://localhost:${(receiver.address() as AddressInfo).port}/events?token=1`;

  const accepted = new URL(`https://yourapi.com/invoices/?callback_url=${encodeURIComponent(base)}`);
  const address = acceptInvoice(accepted, { id: "2expen51ve", customer: "Mr. Richie Rich", total: "9999" });
  expect(address).toBe(base.replace("?", "/invoices/2expen51ve?"));
  expect(await tellPaid(address)).toBe("delivered");

  receiver.close();
  receiver.closeAllConnections();
  await once(receiver, "close");
  expect(await tellPaid(address)).toBe("Connection refused");
  expect(Object.keys(createInvoice.callbacks)).toEqual(["invoice_paid"]);
});
