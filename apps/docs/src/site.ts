import { copyFile, mkdir } from "node:fs/promises";
import { createReadStream } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DefaultTheme, defineConfig } from "vitepress";
import { checkout, readText } from "./checkout.ts";
import { headingId } from "./heading-id.ts";
import { sidebar } from "./navigation.ts";
import { excluded, koreanOf, pages, placeOf } from "./pages.ts";
import { linkedFiles, repositoryLinks } from "./repository-links.ts";
import { koreanSearch, koreanTheme } from "./korean-theme.ts";

interface Theme extends DefaultTheme.Config {
  /** The places of pages that have a Korean version. */
  readonly translated?: readonly string[];
}

const icon = readText("apps/dashboard/public/icon.svg");

/** The site: the Markdown of the repository, where it is. `npm run docs:build` writes it to `apps/docs/dist`. */
export const site = defineConfig<Theme>({
  title: "Strategy executor",
  description: "A self-hosted service that runs quantitative investment strategies.",
  head: [["link", { rel: "icon", href: `data:image/svg+xml,${encodeURIComponent(icon)}` }]],
  srcDir: checkout,
  srcExclude: [...excluded],
  rewrites: placeOf,
  // Otherwise every `config.ts` of the repository would be run as a part of this one.
  additionalConfig: {},
  outDir: "dist",
  cacheDir: "node_modules/.cache/vitepress",
  // Examples name addresses of the reader's own machine.
  ignoreDeadLinks: "localhostLinks",
  locales: {
    root: { label: "English", lang: "en" },
    ko: {
      label: "한국어",
      lang: "ko",
      description: "퀀트 투자 전략을 실행하는 자체 호스팅 서비스",
      themeConfig: { ...koreanTheme, sidebar: sidebar("ko") },
    },
  },
  themeConfig: {
    translated: pages.filter((page) => koreanOf(page) !== undefined).map(placeOf),
    sidebar: sidebar("en"),
    outline: [2, 3],
    search: { provider: "local", options: { locales: { ko: { translations: koreanSearch } } } },
    // It runs in the browser, without this module's variables. A page without a translation leads to the first page.
    i18nRouting({ theme }, { data }, language) {
      const place = data.relativePath.replace(/^ko\//, "");
      const folder = language === "ko" ? "/ko/" : "/";
      if (!(theme.value as Theme).translated?.includes(place)) return folder;
      return folder + place.replace(/(^|\/)index\.md$/, "$1").replace(/\.md$/, ".html");
    },
  },
  markdown: {
    config: repositoryLinks,
    anchor: { slugify: headingId },
    // Braces and colons in the guides are text, not attributes and emoji.
    attrs: false,
    emoji: false,
  },
  vite: {
    publicDir: false,
    // Otherwise Vite looks for entries in all HTML files of the repository.
    optimizeDeps: { entries: [] },
    server: { host: "127.0.0.1", watch: { ignored: ["**/.data/**", "**/dist*/**"] } },
    plugins: [
      {
        // Pages lie above this package, where nothing is installed.
        name: "vue-of-this-package",
        enforce: "pre",
        resolveId(id, importer, options) {
          if (!/^vue(?:\/|$)/.test(id) || !importer?.endsWith(".md")) return;
          return this.resolve(id, fileURLToPath(import.meta.url), { ...options, skipSelf: true });
        },
      },
      {
        // VitePress names its own dependencies, but they are looked for beside the pages. The server finds them when a page needs them.
        name: "dependencies-of-vitepress",
        enforce: "post",
        config({ optimizeDeps }) {
          if (optimizeDeps?.include)
            optimizeDeps.include = optimizeDeps.include.filter((id) => !id.startsWith("vitepress > "));
        },
      },
      {
        name: "repository-files",
        configureServer({ middlewares }) {
          middlewares.use((request, response, next) => {
            const file = linkedFiles.get(request.url ?? "");
            if (file === undefined) return next();
            response.setHeader("Content-Type", "text/plain; charset=utf-8");
            createReadStream(file).pipe(response);
          });
        },
      },
    ],
  },
  async buildEnd({ outDir }) {
    for (const [address, file] of linkedFiles) {
      const copy = join(outDir, address);
      await mkdir(dirname(copy), { recursive: true });
      await copyFile(file, copy);
    }
  },
});
