import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";
import { type Logger, pino } from "pino";
import pretty from "pino-pretty";
import { expect, it } from "vitest";
import { terminalLines } from "./terminal-line.ts";

it("shows an event in one line, the execution's number first and the level in colour", async () => {
  const output = await shown((log) => {
    log.info({ execution_id: 33, strategy: "Mine", attempt: 1, duration_ms: 138 }, "execution completed");
    log.warn({ execution_id: 35, error: "Timeout after 10 s", headers: { a: 1 } }, "callback not delivered");
    log.info({ rows: 3 }, "prices imported");
  });
  expect(linesOf(output)).toEqual([
    "#33     HH:MM:SS INFO  execution completed strategy=Mine attempt=1 duration_ms=138",
    '#35     HH:MM:SS WARN  callback not delivered error="Timeout after 10 s" headers={"a":1}',
    "        HH:MM:SS INFO  prices imported rows=3",
  ]);
  expect(output).toContain("\u001B[32mINFO");
  expect(output).toContain("\u001B[33mWARN");
});

it("shows the message and the stack of an error", async () => {
  const output = await shown((log) => log.error({ err: new Error("no disk") }, "failed to write"));
  expect(linesOf(output)[0]).toBe('        HH:MM:SS ERROR failed to write error="no disk"');
  expect(output).toMatch(/\nError: no disk\n +at /);
});

it("passes no control characters of a client on to the terminal", async () => {
  const output = await shown((log) =>
    log.info({ execution_id: 1, error_message: "a\u001B[2J\r\nb" }, "x\u001B[2J\u009B"),
  );
  for (const control of ["\u001B[2J", "\u009B", "\r"]) expect(output).not.toContain(control);
  expect(linesOf(output)).toHaveLength(1);
});

async function shown(write: (log: Logger) => void): Promise<string> {
  const destination = new PassThrough();
  const output = text(destination);
  write(pino({ base: null }, pretty({ ...terminalLines, destination })));
  destination.end();
  return output;
}

function linesOf(output: string): string[] {
  const plain = stripVTControlCharacters(output).trimEnd();
  return plain.split("\n").map((line) => line.replace(/\d\d:\d\d:\d\d/, "HH:MM:SS"));
}
