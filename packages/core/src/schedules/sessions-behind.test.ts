import { describe, expect, it } from "vitest";
import { findExchange } from "../exchanges/find-exchange.ts";
import { toDay } from "../market/calendar.ts";
import { maxSessionsBehind, sessionsBehind } from "./sessions-behind.ts";

const behind = (exchange: "XNYS" | "XKRX" | "weekdays", day: string, instant: string) =>
  sessionsBehind(findExchange(exchange), toDay(day), Date.parse(instant));

describe("sessions behind", () => {
  it("are none until the next session has closed, whatever the day", () => {
    // Good Friday and a weekend follow 2024-03-28; New York closes at 20:00 UTC in summer.
    expect(behind("XNYS", "2024-03-28", "2024-03-28T20:00:00Z")).toBe(0);
    expect(behind("XNYS", "2024-03-28", "2024-04-01T19:59:59Z")).toBe(0);
    expect(behind("XNYS", "2024-03-28", "2024-04-01T20:00:00Z")).toBe(1);
  });

  it("are counted by the exchange of the prices", () => {
    // Seoul closes at 06:30 UTC, and had no session on 10 April.
    expect(behind("XKRX", "2024-04-08", "2024-04-11T06:30:00Z")).toBe(2);
    expect(behind("weekdays", "2024-04-08", "2024-04-12T12:00:00Z")).toBe(3);
  });

  it("are none for days to come, and bounded for old ones", () => {
    expect(behind("XNYS", "2030-01-02", "2024-04-01T20:00:00Z")).toBe(0);
    expect(behind("XNYS", "1950-01-03", "2024-04-01T20:00:00Z")).toBe(maxSessionsBehind);
  });
});
