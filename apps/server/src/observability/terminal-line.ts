import type { PrettyOptions } from "pino-pretty";

/**
 * How pino-pretty shows the log on a terminal: one line per event, the execution's number first and the level in colour. The stack of an
 * error follows it.
 */
export const terminalLines = {
  colorize: true,
  customColors: "message:reset",
  sync: true,
  hideObject: true,
  ignore: "level,time",
  messageFormat: (line, messageKey, _levelLabel, { colors }) => {
    const { level, time, execution_id, err, [messageKey]: message, ...fields } = line as Line;
    const id = execution_id === undefined ? "" : `#${execution_id}`;
    const [label, colour] = levels[level] ?? [`${level}`, "white"];
    const clock = new Date(time).toTimeString().slice(0, 8);
    const details = Object.entries(fields).map(([name, value]) => `${name}=${shown(value)}`);
    if (err?.message !== undefined) details.push(`error=${shown(err.message)}`);
    const parts = [id.padEnd(7), clock, colors[colour](label.padEnd(5)), printable(String(message ?? "")), ...details];
    const stack = err?.stack === undefined ? "" : `\n${printable(err.stack)}`;
    return parts.join(" ") + stack;
  },
} satisfies PrettyOptions;

interface Line extends Readonly<Record<string, unknown>> {
  readonly level: number;
  readonly time: number;
  readonly execution_id?: number;
  readonly err?: { readonly message?: string; readonly stack?: string };
}

const levels: Readonly<Record<number, readonly [string, "gray" | "green" | "yellow" | "red" | "bgRed"]>> = {
  10: ["TRACE", "gray"],
  20: ["DEBUG", "gray"],
  30: ["INFO", "green"],
  40: ["WARN", "yellow"],
  50: ["ERROR", "red"],
  60: ["FATAL", "bgRed"],
};

/** A simple word unchanged; anything else as JSON, which has no line breaks and no control characters. */
function shown(value: unknown): string {
  if (typeof value === "string" && /^[\w.:/@+-]+$/.test(value)) return value;
  return printable(JSON.stringify(value) ?? "null");
}

/** Text from clients must not contain control sequences of the terminal. Line breaks of stacks are kept. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}--\n]/gv, "\u{FFFD}");
}
