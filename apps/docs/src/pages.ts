import { globSync } from "node:fs";
import { matchesGlob } from "node:path";
import { checkout } from "./checkout.ts";

/** The files that the site shows, by their paths from the root of the repository. All other Markdown stays out. */
const shown = ["{README,README.ko,SECURITY,CHANGELOG}.md", "docs/**/*.md", "examples/**/*.md", "packages/*/README.md"];

const isMarkdown = globSync("**/*.md", { cwd: checkout, exclude: (path) => /(?:^|\/)(?:node_modules|\.)/.test(path) });

/** Every page of the site. */
export const pages: readonly string[] = isMarkdown.filter(isPage).toSorted();

/** Every Markdown file of the repository that is not a page of the site. */
export const excluded: readonly string[] = isMarkdown.filter((file) => !isPage(file));

/** Whether the site shows a file as a page. */
export function isPage(file: string): boolean {
  return shown.some((pattern) => matchesGlob(file, pattern));
}

/** Where the site has a page: `docs/schedules.ko.md` is `ko/schedules.md`, and a README is the index of its folder. */
export function placeOf(file: string): string {
  const place = file
    .replace(/^docs\//, "")
    .replace(/\.ko\.md$/, ".md")
    .replace(/^[A-Z]+\.md$/, (name) => (name === "README.md" ? name : name.toLowerCase()))
    .replace(/(^|\/)README\.md$/, "$1index.md");
  return file.endsWith(".ko.md") ? `ko/${place}` : place;
}

/** The Korean file of an English page, if there is one. */
export function koreanOf(file: string): string | undefined {
  const korean = file.replace(/\.md$/, ".ko.md");
  return pages.includes(korean) ? korean : undefined;
}
