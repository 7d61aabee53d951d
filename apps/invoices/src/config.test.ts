import { describe, expect, it } from "vitest";
import { ConfigError, readConfig } from "./config.ts";

describe("readConfig", () => {
  it("listens on port 8001 of loopback and stores its data in the checkout", () => {
    const checkout = new URL("../../..", import.meta.url).pathname;
    const expected = { port: 8001, host: "127.0.0.1", dataDir: `${checkout}.data/invoices` };
    expect(readConfig({})).toEqual(expected);
    expect(readConfig({ PORT: "", HOST: "" })).toEqual(expected);
  });

  it("accepts other settings", () => {
    expect(readConfig({ PORT: "0", HOST: "::1", DATA_DIR: "/tmp/x" })).toEqual({
      port: 0,
      host: "::1",
      dataDir: "/tmp/x",
    });
  });

  it("refuses invalid settings in one line that names each", () => {
    const read = () => readConfig({ PORT: "http", HOST: "0.0.0.0" });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/^[^\n]*PORT="http"[^\n]*HOST="0.0.0.0"[^\n]*$/);
  });
});
