import { describe, expect, it } from "vitest";
import { banner } from "./announce.ts";
import { readConfig } from "./config.ts";

describe("the banner", () => {
  it("says where the server listens, what is open and what to try", () => {
    const server = { address: "http://localhost:8123", database: "embedded" };
    expect(banner(server, readConfig({}))).toBe(
      [
        "Strategy executor on http://localhost:8123",
        "  mode       development, role all",
        "  access     open to everybody who reaches the address",
        "  database   embedded",
        "  callbacks  http and https to public and private addresses, this machine included",
        "  open       http://localhost:8123/ui/",
        "  API        http://localhost:8123/docs",
        "  try it     npm run callback:try -- --url http://localhost:8123",
        "  stop it    Ctrl+C",
      ].join("\n"),
    );
  });

  it("names no address of a worker", () => {
    const config = readConfig({ ROLE: "worker", DATABASE_URL: "postgres://localhost/x" });
    expect(banner({ address: null, database: "PostgreSQL" }, config)).toMatch(
      /^Strategy executor: a worker, which listens nowhere\n {2}mode {7}development, role worker\n/,
    );
  });
});
