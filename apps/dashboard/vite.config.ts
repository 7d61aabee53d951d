import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** The server that `npm run dashboard` passes calls on to. */
const server = process.env["STRATEGY_EXECUTOR_URL"] ?? "http://localhost:8000";

/** Files that are there before anything else is imported. */
const isFirst = /assets\/(rolldown-runtime|vendor|preload-helper|parts|style)-/;

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "/ui/",
  plugins: [react(), orderLayers(), compileCharts(), compress()],
  resolve: {
    alias: [
      { find: /^d3-(color|format|time-format)$/, replacement: fileURLToPath(new URL("unused-d3.ts", import.meta.url)) },
    ],
  },
  build: {
    // The content security policy allows neither inline scripts nor data URLs as scripts.
    assetsInlineLimit: 0,
    // The page names all files of its first scripts, and scripts those of what they import later: the browser would find them one after the other.
    // Current browsers need no help with it.
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_file, names, { hostType }) =>
        hostType === "html" ? names : names.filter((name) => !isFirst.test(name)),
    },
    // One file of a few kilobytes; pages that are loaded later bring no style sheets of their own.
    cssCodeSplit: false,
    reportCompressedSize: false,
    target: "es2023",
    rolldownOptions: {
      output: {
        codeSplitting: {
          // Dozens of small files would compress worse. What the first page needs stays out of these.
          includeDependenciesRecursively: false,
          groups: [
            {
              name: "charts",
              test: /node_modules.*(lightweight-charts|fancy-canvas)|src\/charts\/(time-chart|group|colours)/,
            },
            {
              name: "figures",
              test: /src\/(charts\/|pages\/(execution\/(?!figure-names|result\/weight-bars|execution\.module)|compare|sweeps|with-figures|prices\/ticker))|report\/src\/(?!texts\/..\.ts)|core\/src|unused-d3|node_modules.*(d3|internmap)/,
            },
            // The list of executions is a file of its own: neither it nor the overview waits for what other pages need.
            {
              name: "pages",
              test: /dashboard\/src\/(forms\/(?!typed-search)|pages\/(?!overview|executions\/|execution\/(?!result\/weight-bars|execution\.module)))/,
            },
            { name: "vendor", test: /node_modules|rolldown\/runtime/ },
            {
              name: "parts",
              test: /client\/src|dashboard\/src\/(api|app|formats|forms|live|parts|settings|texts\/texts|pages\/(overview|execution\/figure-names|executions\/(columns|differences|to-input|executions\.module)))/,
            },
          ],
        },
      },
    },
  },
  experimental: {
    // The server may be mounted below a path: scripts find each other by relative addresses, the server writes those of the page.
    renderBuiltUrl: (_file, { hostType }) => (hostType === "html" ? undefined : { relative: true }),
  },
  server: {
    proxy: Object.fromEntries(
      ["/trpc", "/ui/session", "/prices", "/executions", "/sweeps", "/docs"].map((path) => [
        path,
        { target: server, changeOrigin: true, headers: { origin: server } },
      ]),
    ),
  },
});

/** The style sheets of parts are bundled before the one that puts the layers in order, so the order is said once more, first. */
function orderLayers(): Plugin {
  return {
    name: "order-layers",
    enforce: "post",
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== "asset" || !file.fileName.endsWith(".css")) continue;
        file.source = `@layer tokens,base,parts,pages;${String(file.source)}`;
      }
    },
  };
}

/**
 * Has browsers that know the hint compile the library of the charts beside the page's own thread, while they load it. The first curve calls
 * most of it, and to compile each function at its first call costs that thread about 0.1 s of the 0.65 s that opening an execution takes.
 */
function compileCharts(): Plugin {
  return {
    name: "compile-charts",
    enforce: "post",
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === "chunk" && file.name === "charts") file.code = `//# allFunctionsCalledOnLoad\n${file.code}`;
      }
    },
  };
}

/** Writes `.br` and `.gz` beside each file, which the server sends as they are. */
function compress(): Plugin {
  return {
    name: "compress",
    apply: "build",
    writeBundle({ dir }) {
      for (const entry of readdirSync(dir!, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(js|css|svg)$/.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const bytes = readFileSync(path);
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
        // The highest quality takes three times as long for one per cent.
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
      }
    },
  };
}
