import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { expect, it } from "vitest";
import { checkout, readText } from "./checkout.ts";
import { headingId } from "./heading-id.ts";
import { withoutBlocks } from "./markdown-blocks.ts";

const patterns = ["*.md", "{docs,examples,bench}/**/*.md", "{apps,packages}/*/*.md"];
const files = globSync(patterns, { cwd: checkout, exclude: (path) => path.includes("node_modules") });

it.each(files.toSorted())("%s links to existing files and headings", (file) => {
  const broken = linksOf(readText(file)).filter((link) => !isThere(resolve(checkout, file), link));
  expect(broken).toEqual([]);
});

it("reads the guides", () => {
  expect(files).toEqual(expect.arrayContaining(["AGENTS.md", "docs/callback-guide.md", "docs/callback-guide.ko.md"]));
  expect(linksOf(readText("README.md"))).toContain("docs/strategies.md");
});

it("finds broken links", () => {
  const page = resolve(checkout, "docs/page.md");
  expect(linksOf("[a](b.md#c), `[not](this.md)`, [site](https://example.com)\n```md\n[nor](this.md)\n```")).toEqual([
    "b.md#c",
  ]);
  expect(["cli.md", "cli.md#reports", "images", "../README.md"].filter((link) => !isThere(page, link))).toEqual([]);
  expect(["no.md", "cli.md#no", "../cli.md"].filter((link) => isThere(page, link))).toEqual([]);
});

/** The targets of a page's links, external ones excluded. */
function linksOf(markdown: string): string[] {
  const links = prose(markdown).matchAll(/\]\(([^()\s]+)\)/g);
  return Array.from(links, ([, target]) => target!).filter((target) => !/^[a-z]+:/i.test(target));
}

function isThere(page: string, link: string): boolean {
  const [path = "", heading] = link.split("#");
  const target = path === "" ? page : resolve(dirname(page), path);
  if (!existsSync(target)) return false;
  return heading === undefined || (statSync(target).isFile() && headingIds(readFileSync(target, "utf8")).has(heading));
}

/** The anchors of all headings. A repeated heading gets `-1`. */
function headingIds(markdown: string): Set<string> {
  const ids = new Set<string>();
  for (const [, title] of withoutBlocks(markdown).matchAll(/^#{1,6} +(.+)$/gm)) {
    const id = headingId(title!);
    let unique = id;
    for (let count = 1; ids.has(unique); count += 1) unique = `${id}-${count}`;
    ids.add(unique);
  }
  return ids;
}

/** Code may contain text that looks like a link. */
function prose(markdown: string): string {
  return withoutBlocks(markdown).replaceAll(/`[^`\n]*`/g, "");
}
