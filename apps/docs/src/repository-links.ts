import { existsSync, statSync } from "node:fs";
import { posix, relative, resolve } from "node:path";
import type { MarkdownEnv, MarkdownRenderer } from "vitepress";
import { checkout } from "./checkout.ts";
import { isPage, placeOf } from "./pages.ts";

/**
 * The files of the repository that pages link to without being pages, such as sources, by their addresses on the site. Filled while pages
 * are rendered.
 */
export const linkedFiles = new Map<string, string>();

/** Makes the links of pages, which are relative to their files in the repository, lead to the pages and files of the site. */
export function repositoryLinks(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push("repository-links", ({ tokens, env }) => {
    const { realPath, path } = env as MarkdownEnv;
    const page = relative(checkout, realPath ?? path);
    for (const link of tokens.flatMap(({ children }) => children ?? [])) {
      const href = link.type === "link_open" ? link.attrGet("href") : null;
      if (href) link.attrSet("href", addressOf(page, href));
    }
  });
}

function addressOf(page: string, href: string): string {
  if (/^(?:[a-z]+:|#)/i.test(href)) return href;
  const [path = "", heading] = href.split("#");
  const file = posix.join(posix.dirname(page), decodeURI(path));
  if (isPage(file)) return `/${placeOf(file)}${heading === undefined ? "" : `#${heading}`}`;
  const target = resolve(checkout, file);
  if (!existsSync(target) || !statSync(target).isFile()) {
    throw new Error(`${page} links to ${href}, which is not a file of the repository`);
  }
  // Browsers show plain text; they would download or play a `.ts` file. Many servers hide names that begin with a dot.
  const address = `/files/${file.replaceAll(/(^|\/)\./g, "$1")}.txt`;
  linkedFiles.set(address, target);
  return address;
}
