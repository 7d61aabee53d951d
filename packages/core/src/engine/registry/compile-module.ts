import { readFile, realpath } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type * as Esbuild from "esbuild";
import type { BuildFailure, ImportKind, Loader, OnResolveResult, Plugin, PluginBuild } from "esbuild";
import type { CompiledModule } from "./compiled-module.ts";
import { isOfService } from "./host-modules.ts";
import { toFunctionSource } from "./to-function-source.ts";

/**
 * Compiles a strategy file and the files it imports. Installed packages are not compiled: they are imported as usual.
 * @throws SyntaxError or Error with one line that names the place
 */
export async function compileModule(folder: string, file: string): Promise<CompiledModule> {
  // Resolve symbolic links first: imports are relative to the real location of the file.
  const path = await realpath(join(folder, file));
  const { build } = await start();
  try {
    const { outputFiles, metafile } = await build({
      entryPoints: [path],
      absWorkingDir: dirname(path),
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
      platform: "node",
      target: `node${process.versions.node}`,
      // Node's conditions; esbuild's default would add `module`.
      conditions: ["node"],
      mainFields: ["main"],
      // A tsconfig.json for an editor must not change how the code runs.
      tsconfigRaw: "{}",
      ignoreAnnotations: true,
      // A function cannot import; it calls `require` instead, which returns any module.
      supported: { "dynamic-import": false },
      charset: "utf8",
      legalComments: "none",
      logLevel: "silent",
      plugins: [likeNode],
    });
    const [output] = Object.values(metafile.outputs);
    const outside = output!.imports.filter(({ external }) => external === true).map((found) => found.path);
    const format = metafile.inputs[basename(path)]?.format ?? "esm";
    return { file, path, format, source: toFunctionSource(outputFiles[0]!.text), imports: [...new Set(outside)] };
  } catch (error) {
    throw isBuildFailure(error) ? explain(error, path, file) : error;
  } finally {
    await end();
  }
}

let running = 0;

/** Loaded on demand: only services with strategies of their own need esbuild. */
async function start(): Promise<typeof Esbuild> {
  running += 1;
  return import("esbuild");
}

/** esbuild runs as a child process, which ends with the last compilation. */
async function end(): Promise<void> {
  running -= 1;
  if (running === 0) await (await import("esbuild")).stop();
}

/** Resolves imports and gives files their `import.meta` as Node does. */
const likeNode: Plugin = {
  name: "like-node",
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ path, kind, importer, resolveDir, pluginData }) =>
      kind === "entry-point" || pluginData === asUsual
        ? undefined
        : resolve(build, { path, kind, importer, resolveDir }),
    );
    build.onLoad({ filter: /\.[cm]?[jt]s$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      if (!/import\.meta|__(?:dir|file)name/.test(text)) return undefined;
      try {
        const { code } = await build.esbuild.transform(text, {
          loader: loaderOf(path),
          sourcefile: path,
          tsconfigRaw: "{}",
          define: placeOf(path),
        });
        return { contents: code, loader: "js", resolveDir: dirname(path) };
      } catch (error) {
        if (isBuildFailure(error)) return { errors: error.errors };
        throw error;
      }
    });
  },
};

/** Marks resolutions that this plugin requests itself. */
const asUsual = Symbol("resolve as usual");

async function resolve(
  build: PluginBuild,
  from: { readonly path: string; readonly kind: ImportKind; readonly importer: string; readonly resolveDir: string },
): Promise<OnResolveResult | undefined> {
  const { path, ...importer } = from;
  if (isOfService(path) || isBuiltin(path)) return { path, external: true };
  if (path.startsWith("file:")) return { path: fileURLToPath(path) };
  if (/^\.{1,2}(?:\/|$)/.test(path) || isAbsolute(path)) return undefined;
  const found = await build.resolve(path, { ...importer, pluginData: asUsual });
  if (found.errors.length > 0) return { errors: [{ text: `Cannot find package '${path}'` }] };
  if (found.external || !found.path.includes(`${sep}node_modules${sep}`)) return found;
  return { path: pathToFileURL(found.path).href, external: true };
}

function loaderOf(path: string): Loader {
  return path.endsWith("ts") ? "ts" : "js";
}

function placeOf(path: string): Record<string, string> {
  const place = { url: pathToFileURL(path).href, dirname: dirname(path), filename: path };
  return {
    "import.meta": JSON.stringify(place),
    __dirname: JSON.stringify(place.dirname),
    __filename: JSON.stringify(place.filename),
  };
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}

/** The first reason, with file and line. */
function explain({ errors }: BuildFailure, path: string, file: string): Error {
  const { text, location } = errors[0]!;
  if (location === null) return new Error(text);
  const place = join(dirname(path), location.file);
  const named = place === path ? file : relative(dirname(path), place);
  const message = `${text} (${named}, line ${location.line})`;
  return /^(?:Cannot find|Could not)/.test(text) ? new Error(message) : new SyntaxError(message);
}
