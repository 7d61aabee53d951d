import { expect, it } from "vitest";

import { createLookup } from "./lookup.ts";

const addresses = [{ address: "192.0.2.1", family: 4 }];

it("shares concurrent lookups of a name, and does not cache them", async () => {
  const asked: string[] = [];
  const lookup = createLookup(
    () => true,
    async (hostname) => (asked.push(hostname), addresses),
  );
  const find = (hostname: string) =>
    new Promise((resolve, reject) =>
      lookup(hostname, { all: true }, (error, found) => (error ? reject(error) : resolve(found))),
    );
  expect(await Promise.all([find("a.example"), find("a.example"), find("b.example")])).toEqual([
    addresses,
    addresses,
    addresses,
  ]);
  await find("a.example");
  expect(asked).toEqual(["a.example", "b.example", "a.example"]);
});
