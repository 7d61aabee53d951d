import { expect, it } from "vitest";
import { isUnavailable } from "./unavailable.ts";

const withCode = (code: string) => Object.assign(new Error("x"), { code });

it.each([
  withCode("ECONNREFUSED"),
  withCode("EHOSTUNREACH"),
  withCode("ERR_SSL_WRONG_VERSION_NUMBER"),
  withCode("CONNECTION_CLOSED"),
  withCode("57P01"),
  withCode("08006"),
  withCode("25006"),
  withCode("25P03"),
  withCode("53100"),
  withCode("55P03"),
  withCode("57014"),
  new Error("Connection terminated unexpectedly"),
  new Error("Query read timeout"),
  new Error("timeout exceeded when trying to connect"),
  new Error("Failed query", { cause: withCode("57P03") }),
  new AggregateError([withCode("ECONNREFUSED"), withCode("ECONNREFUSED")]),
])("takes %o for a database that is away", (error) => {
  expect(isUnavailable(error)).toBe(true);
});

it.each([withCode("23505"), withCode("40P01"), withCode("22P02"), new Error("x"), "ECONNREFUSED", null])(
  "takes %o for what it is",
  (error) => {
    expect(isUnavailable(error)).toBe(false);
  },
);
