import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const checkout = fileURLToPath(new URL("../../../..", import.meta.url));
const patterns = ["*.md", "{docs,examples,bench}/**/*.md", "{apps,packages}/*/*.md"];
const pages = globSync(patterns, { cwd: checkout, exclude: (path) => path.includes("node_modules") });

it.each(pages.toSorted())("%s links to existing files and headings", (page) => {
  const broken = linksOf(read(page)).filter((link) => !isThere(resolve(checkout, page), link));
  expect(broken).toEqual([]);
});

it("reads the guides", () => {
  expect(pages).toEqual(expect.arrayContaining(["README.md", "docs/callback-guide.md", "docs/callback-guide.ko.md"]));
  expect(linksOf(read("README.md"))).toContain("docs/strategies.md");
});

function read(page: string): string {
  return readFileSync(resolve(checkout, page), "utf8");
}

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

/** Heading anchors as GitHub builds them. A repeated heading gets `-1`. */
function headingIds(markdown: string): Set<string> {
  const ids = new Set<string>();
  for (const [, title] of withoutBlocks(markdown).matchAll(/^#{1,6} +(.+)$/gm)) {
    const id = title!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-");
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

function withoutBlocks(markdown: string): string {
  return markdown.replaceAll(/^( *)```[^]*?^\1```$/gm, "");
}
