import { join, relative } from "node:path";
import { type OutputChunk, rolldown } from "rolldown";
import { checkout } from "./checkout.ts";
import type { PackedPackage } from "./packages.ts";

/** Compiles the entries of a package to JavaScript with source maps. Returns the files of other packages that became part of it. */
export async function compile(packed: PackedPackage, target: string): Promise<string[]> {
  const { folder, entries, dependencies, absent = [], command } = packed;
  const bundle = await rolldown({
    input: toInput(entries, (source) => join(checkout, folder, source)),
    platform: "neutral",
    resolve: { conditionNames: ["import", "module", "default"], mainFields: ["module", "main"] },
    external: (id) => isExternal(id, [...dependencies, ...absent]),
    // The oldest Node that runs a library, and browsers of its age.
    transform: { target: "es2022" },
    treeshake: { moduleSideEffects: false },
    logLevel: "warn",
    // A note on slow plugins is no fault of what is built.
    checks: { bundlerTimings: false },
    onLog(_level, { message }) {
      throw new Error(message);
    },
  });
  const { output } = await bundle.write({
    dir: target,
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
    ...(command !== undefined && { banner: ({ isEntry }) => (isEntry ? "#!/usr/bin/env node" : "") }),
    sourcemap: true,
    sourcemapPathTransform: (source, map) => join("..", relative(checkout, join(map, "..", source))),
  });
  await bundle.close();
  return output.filter((file): file is OutputChunk => file.type === "chunk").flatMap(({ moduleIds }) => moduleIds);
}

/** The names of the files of the entries: `./callbacks` is `callbacks`, the package itself is `index`. */
export function toInput(
  entries: PackedPackage["entries"],
  toPath: (source: string) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(entries).map(([path, source]) => [toFileName(path), toPath(source)]));
}

/** The name of the file of a subpath, without its extension. */
export function toFileName(path: string): string {
  return path === "." ? "index" : path.replace(/^\.\//, "");
}

/** Whether a package imports this at run time instead of containing it. */
export function isExternal(id: string, dependencies: readonly string[]): boolean {
  return id.startsWith("node:") || dependencies.some((name) => id === name || id.startsWith(`${name}/`));
}
