/** A fenced block of a Markdown file. */
export interface Block {
  readonly language: string;
  readonly text: string;
}

const fenced = /^( *)```(\w*)\n([^]*?)^\1```$/gm;

/** The fenced blocks of a Markdown text, in order. */
export function blocksOf(markdown: string): Block[] {
  return Array.from(markdown.matchAll(fenced), ([, indent = "", language = "", text = ""]) => ({
    language,
    text: indent === "" ? text : text.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  }));
}

/** A Markdown text without its fenced blocks. */
export function withoutBlocks(markdown: string): string {
  return markdown.replaceAll(fenced, "");
}
