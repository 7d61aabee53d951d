import { globSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkout, readText } from "./checkout.ts";
import { type Block, blocksOf, withoutBlocks } from "./markdown-blocks.ts";

const korean = globSync("{README,docs/**/*}.ko.md", { cwd: checkout }).toSorted();

it("the first pages that a reader needs are in Korean too", () => {
  const needed = ["README", "docs/first-steps", "docs/schedules", "docs/notifications", "docs/callback-guide"];
  expect(korean).toEqual(expect.arrayContaining(needed.map((page) => `${page}.ko.md`)));
});

describe.each(korean)("%s", (file) => {
  const english = file.replace(".ko.md", ".md");
  const [ko, en] = [readText(file), readText(english)];

  it("has the headings of the English page", () => {
    expect(levelsOf(ko)).toEqual(levelsOf(en));
  });

  it("has the code of the English page, but for comments and texts", () => {
    const [translated, original] = [blocksOf(ko), blocksOf(en)];
    expect(translated.map(({ language }) => language)).toEqual(original.map(({ language }) => language));
    const different = original.flatMap((block, index) => differences(block, translated[index]!));
    expect(different).toEqual([]);
  });

  it("has the tables of the English page", () => {
    expect(rowsOf(ko)).toEqual(rowsOf(en));
  });

  it("leads to the English page and back", () => {
    const name = (path: string) => path.replace("docs/", "");
    expect(ko).toContain(`\n[English](${name(english)})\n`);
    expect(en).toContain(`\n[한국어](${name(file)})\n`);
  });
});

describe("the comparison", () => {
  it.each([
    ["curl x # reads", "curl x # 읽습니다"],
    ['log("done");', 'log("끝");'],
    ['{ "name": "Month end", "days": 3 }', '{ "name": "월말", "days": 3 }'],
  ])("takes %j and %j for equal", (en, ko) => {
    expect(differences(block(en), block(ko))).toEqual([]);
  });

  it.each([
    ["curl x # reads", "curl y # 읽습니다"],
    ["curl x # reads", "curl x # read"],
    ['log("done", 1);', 'log("끝", 2);'],
    ["a\nb", "a"],
  ])("takes %j and %j for different", (en, ko) => {
    expect(differences(block(en), block(ko))).not.toEqual([]);
  });

  function block(text: string): Block {
    return { language: "js", text };
  }
});

function levelsOf(markdown: string): string[] {
  return Array.from(withoutBlocks(markdown).matchAll(/^(#{1,6}) /gm), ([, level]) => level!);
}

/** How many cells each row of a table has, row by row. */
function rowsOf(markdown: string): number[] {
  const rows = withoutBlocks(markdown).matchAll(/^\|.*\|$/gm);
  return Array.from(rows, ([row]) => row.replaceAll(/`[^`]*`/g, "").split("|").length);
}

/** The lines of two blocks that differ in more than their Korean comments and texts. */
function differences(en: Block, ko: Block): string[] {
  const [english, translated] = [en.text.split("\n"), ko.text.split("\n")];
  if (english.length !== translated.length) return [`${english.length} and ${translated.length} lines: ${en.text}`];
  return english.flatMap((line, index) => {
    const other = translated[index]!;
    return isTranslation(line, other, en.language) ? [] : [`${line} / ${other}`];
  });
}

function isTranslation(line: string, other: string, language: string): boolean {
  if (!/\p{Script=Hangul}/u.test(other)) return line === other;
  // Diagrams are words from end to end.
  return language === "text" || code(line) === code(other);
}

/** A line without comments and without what is between quotes. */
function code(line: string): string {
  return line.replaceAll(/(["'`])(?:(?!\1).)*\1/g, "").replace(/(?:^|\s)(?:#|\/\/) .*$/, "");
}
