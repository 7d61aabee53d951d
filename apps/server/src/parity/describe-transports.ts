import type { AnyOperation } from "@strategy-executor/core";
import { describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { z } from "zod";
import { startTestApp, type TestApp } from "../testing/test-app.ts";
import type { Transport } from "./transport.ts";
import { transports } from "./transports.ts";

export interface Service {
  /** Calls an operation over the transport, and checks the output against its schema. @throws Refusal */
  call<Called extends AnyOperation>(
    operation: Called,
    input: Readonly<Record<string, unknown>>,
    by?: Transport,
  ): Promise<z.output<Called["output"]>>;
}

/** Runs the suite over each transport, on each database. */
export function describeTransports(name: string, suite: (service: Service, transport: Transport) => void): void {
  describeDatabases(name, (create) => {
    let database: TestDatabase;
    let app: TestApp;
    beforeAll(async () => {
      database = await create();
      app = await startTestApp(database.options);
    });
    afterAll(async () => {
      await app[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    });
    describe.each(transports)("over $name", (transport) => {
      const service: Service = {
        async call(operation, input, by = transport) {
          const output = await by.call(app.address, operation.name, input);
          expect(output).toEqual(z.parse(operation.output, output));
          return output as z.output<(typeof operation)["output"]>;
        },
      };
      suite(service, transport);
    });
  });
}
