import { expect, it } from "vitest";
import { connectDatabase } from "../connection/connect.ts";
import { createTestDatabase, insertExecution, settleExecution, startExecution } from "../testing/index.ts";
import { openAttempts } from "./deliveries.ts";

it("gives a due attempt and a redelivery that begin at once numbers of their own", async () => {
  await using test = await createTestDatabase("postgres");
  await using database = await connectDatabase(test.options);
  const { db } = database;
  for (let round = 0; round < 10; round += 1) {
    const id = await insertExecution(db, {
      client: "local",
      strategy: "S",
      version: "1",
      parameters: {},
      executionParameters: {},
      callbackUrl: "http://127.0.0.1:9/callback",
    });
    await startExecution(db, id);
    await settleExecution(db, id, 1, { status: "failed", errorMessage: "x" });
    const opened = await Promise.all([
      openAttempts(db, [id], "due"),
      openAttempts(db, [id], "redelivery"),
      openAttempts(db, [id], "redelivery"),
    ]);
    const numbers = opened.flat().map(({ number }) => number);
    expect(numbers.toSorted()).toEqual([1, 2, 3]);
  }
});
