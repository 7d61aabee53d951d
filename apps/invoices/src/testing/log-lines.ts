import { EventEmitter, once } from "node:events";

/** Collected log lines, and a way to wait for one. */
export class Lines {
  readonly #lines: string[] = [];
  readonly #news = new EventEmitter();

  readonly add = (line: string): void => {
    this.#lines.push(line);
    this.#news.emit("line");
  };

  /** Resolves with the first line that contains the text. */
  async logged(text: string): Promise<string> {
    for (;;) {
      const found = this.#lines.find((line) => line.includes(text));
      if (found !== undefined) return found;
      await once(this.#news, "line");
    }
  }
}
