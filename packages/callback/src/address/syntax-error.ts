/** A malformed expression or template. */
export class TemplateSyntaxError extends Error {
  override readonly name = "TemplateSyntaxError";
  readonly text: string;
  /** Zero-based index in `text` of the first invalid character. */
  readonly position: number;
  readonly problem: string;

  constructor(text: string, position: number, problem: string) {
    super(`Malformed at position ${position}: ${problem}: ${text}`);
    this.text = text;
    this.position = position;
    this.problem = problem;
  }
}
