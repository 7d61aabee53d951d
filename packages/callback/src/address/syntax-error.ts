/** An expression or a template that cannot be read. */
export class TemplateSyntaxError extends Error {
  override readonly name = "TemplateSyntaxError";
  readonly text: string;
  /** Index in `text`, from 0, of the first character that does not fit. */
  readonly position: number;
  readonly problem: string;

  constructor(text: string, position: number, problem: string) {
    super(`Malformed at position ${position}: ${problem}: ${text}`);
    this.text = text;
    this.position = position;
    this.problem = problem;
  }
}
