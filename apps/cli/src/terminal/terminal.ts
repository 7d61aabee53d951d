import { styleText } from "node:util";

type Colour = Parameters<typeof styleText>[0];
type Stream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** What a command is run with, and where it reads and writes. */
export interface Terminal {
  readonly environment: NodeJS.ProcessEnv;
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** For results, and nothing else. */
  readonly output: Stream;
  /** For questions, bars, remarks and errors. */
  readonly errors: Stream;
  /** Aborts when the person wants to stop. */
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

/** Whether results go to a person's screen: then they may have colours and curves. */
export function isScreen({ output }: Pick<Terminal, "output">): boolean {
  return output.isTTY === true;
}

/** Width of the screen that results go to, in columns; null where lines may be of any length. */
export function screenWidth({ output }: Pick<Terminal, "output">): number | null {
  return output.isTTY === true ? (output.columns ?? 80) : null;
}

/** Whether somebody can be asked a question. */
export function canAsk({ input, errors }: Pick<Terminal, "input" | "errors">): boolean {
  return input.isTTY === true && errors.isTTY === true;
}

/** Colours text on a screen, unless `NO_COLOR` or a terminal without colours says otherwise. */
export function paint(terminal: Pick<Terminal, "output" | "environment">, colour: Colour, text: string): string {
  const { NO_COLOR, TERM } = terminal.environment;
  const plain = !isScreen(terminal) || (NO_COLOR !== undefined && NO_COLOR !== "") || TERM === "dumb";
  return plain ? text : styleText(colour, text, { validateStream: false });
}

/**
 * Text of others, such as labels and error messages, in one line: what would move the cursor or colour the screen is
 * replaced.
 */
export function clean(text: string): string {
  return text
    .replaceAll(/\s*[\r\n]+\s*/g, " ")
    .replaceAll(/[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, "\u{FFFD}");
}
