import { styleText } from "node:util";

type Colour = Parameters<typeof styleText>[0];
type Stream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** The environment of a command and its streams. */
export interface Terminal {
  readonly environment: NodeJS.ProcessEnv;
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** For results, and nothing else. */
  readonly output: Stream;
  /** For questions, progress bars, remarks and errors. */
  readonly errors: Stream;
  /** Aborts when the user stops the command. */
  readonly signal: AbortSignal;
}

/** Writes one line of result. */
export function print({ output }: Pick<Terminal, "output">, line: string): void {
  output.write(`${line}\n`);
}

/** Writes one line beside the results. */
export function remark({ errors }: Pick<Terminal, "errors">, line: string): void {
  errors.write(`${line}\n`);
}

/** Whether results go to a terminal, where they may have colours and curves. */
export function isScreen({ output }: Pick<Terminal, "output">): boolean {
  return output.isTTY === true;
}

/** Width of the terminal in columns; null when results go elsewhere. */
export function screenWidth({ output }: Pick<Terminal, "output">): number | null {
  return output.isTTY === true ? (output.columns ?? 80) : null;
}

/** Whether the user can be asked a question. */
export function canAsk({ input, errors }: Pick<Terminal, "input" | "errors">): boolean {
  return input.isTTY === true && errors.isTTY === true;
}

/** Colours text on a terminal, unless `NO_COLOR` is set or the terminal has no colours. */
export function paint(terminal: Pick<Terminal, "output" | "environment">, colour: Colour, text: string): string {
  const { NO_COLOR, TERM } = terminal.environment;
  const plain = !isScreen(terminal) || (NO_COLOR !== undefined && NO_COLOR !== "") || TERM === "dumb";
  return plain ? text : styleText(colour, text, { validateStream: false });
}

/**
 * Untrusted text such as labels and error messages, in one line. Control characters of terminals are
 * replaced.
 */
export function clean(text: string): string {
  return text
    .replaceAll(/\s*[\r\n]+\s*/g, " ")
    .replaceAll(/[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, "\u{FFFD}");
}
