import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { UsageError } from "../connection/failure.ts";
import { canAsk, type Terminal } from "./terminal.ts";

/**
 * Asks before a change of many things. @throws UsageError without a terminal, so that nothing
 * happens
 */
export async function confirm(terminal: Terminal, question: string): Promise<boolean> {
  if (!canAsk(terminal)) throw new UsageError(`${question} There is no terminal to ask on: say --yes`);
  const lines = createInterface({ input: terminal.input, output: terminal.errors, terminal: true });
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal: terminal.signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}

/** Asks for a secret without showing it, or reads it from a pipe. Returns it without surrounding white space. */
export async function readSecret(terminal: Terminal, question: string): Promise<string> {
  if (!canAsk(terminal)) return (await text(terminal.input)).trim();
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: terminal.input, output: unseen, terminal: true });
  try {
    terminal.errors.write(question);
    const answer = await lines.question("", { signal: terminal.signal });
    return answer.trim();
  } finally {
    lines.close();
    terminal.errors.write("\n");
  }
}
