import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPriceSite } from "@strategy-executor/core/testing";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { expect, it } from "vitest";
import { readConfig } from "../config.ts";
import { startTestServer } from "../testing/test-server.ts";

const days = [{ date: "2024-01-02T00:00:00.000Z", close: 10, adjClose: 9 }];

it("refreshes from the provider that the environment names, and never logs its token", async () => {
  await using test = await createTestDatabase();
  const place = await mkdtemp(join(tmpdir(), "prices-"));
  await using site = await startPriceSite(({ headers }) =>
    headers["authorization"] === "Token s3cret" ? JSON.stringify(days) : { status: 401, body: "Who is this?" },
  );
  await writeFile(join(place, "SPY.csv"), "date,close,adj_close\n2024-01-02,10,9\n2024-01-03,11,10\n");
  {
    await using server = await startTestServer(test.options, {
      PRICES_PROVIDER: "tiingo",
      TIINGO_TOKEN: "s3cret",
      TIINGO_ORIGIN: site.origin,
    });
    expect(await refresh(server.address)).toMatchObject([
      { ticker: "SPY", outcome: "new", provider: "tiingo", rows: 1 },
    ]);
  }
  await using server = await startTestServer(test.options, { PRICES_PROVIDER: "files", PRICES_FILES: place });
  expect(await refresh(server.address)).toMatchObject([{ outcome: "replaced", provider: "files", new_days: 1 }]);
  const { prices } = (await (await fetch(`${server.address}/prices/`)).json()) as { prices: object[] };
  expect(prices).toMatchObject([{ ticker: "SPY", last_day: "2024-01-03", source: "files" }]);
  await rm(place, { recursive: true });
});

it.each([
  [{ PRICES_PROVIDER: "tiingo" }, "PRICES_PROVIDER=tiingo needs TIINGO_TOKEN"],
  [{ PRICES_PROVIDER: "files" }, "PRICES_PROVIDER=files needs PRICES_FILES"],
  [{ PRICES_PROVIDER: "nasdaq" }, "PRICES_PROVIDER="],
  [{ PRICES_FILES: "http://example.com/eod" }, "is neither a folder nor an https address"],
  [{ PRICES_FILES: "ftp://example.com/eod" }, "is neither a folder nor an https address"],
  [{ TIINGO_TOKEN: "s3 cret" }, /^Bad setting: TIINGO_TOKEN: is not a token$/],
  [{ STOOQ_ORIGIN: "stooq.com" }, "STOOQ_ORIGIN="],
])("refuses %j", (environment, message) => expect(() => readConfig(environment)).toThrow(message));

it.each(["/srv/prices", "prices", "https://example.com/{ticker}.csv", "http://127.0.0.1:8080"])(
  "takes PRICES_FILES=%s",
  (place) => expect(readConfig({ PRICES_FILES: place }).prices.files).toBe(place),
);

async function refresh(address: string): Promise<unknown> {
  const response = await fetch(`${address}/prices/refresh/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ tickers: ["SPY"] }),
  });
  expect(response.status).toBe(200);
  return ((await response.json()) as { tickers: unknown }).tickers;
}
