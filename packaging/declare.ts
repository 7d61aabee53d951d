import { execFile } from "node:child_process";
import { glob, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { type Plugin, rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";
import { checkout, readManifest } from "./checkout.ts";
import { isExternal, toInput } from "./compile.ts";
import type { PackedPackage } from "./packages.ts";

/** The declarations of the sources, one file each as the compiler writes them. */
export interface Declarations extends AsyncDisposable {
  /** Writes the types of the entries, with all that they need except dependencies. */
  bundle(packed: PackedPackage, target: string): Promise<void>;
}

/** Lets the compiler declare everything that these packages contain. */
export async function declare(packages: readonly PackedPackage[]): Promise<Declarations> {
  const cache = join(checkout, "node_modules/.cache");
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "declarations-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const sources = await exportedSources();
    const config = join(folder, "tsconfig.json");
    await writeFile(config, JSON.stringify(toConfig(packages, sources, folder)));
    await run(process.execPath, [join(checkout, "node_modules/typescript/bin/tsc"), "-p", config], { cwd: checkout });
    return {
      bundle: (packed, target) => bundle(packed, target, { folder, sources }),
      [Symbol.asyncDispose]: remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Where the compiler has written declarations, and what the packages of the checkout export. */
interface Declared {
  readonly folder: string;
  readonly sources: ReadonlyMap<string, string>;
}

function toConfig(packages: readonly PackedPackage[], sources: ReadonlyMap<string, string>, folder: string): object {
  return {
    extends: join(checkout, "tsconfig.json"),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      // `npm run verify` checks.
      noCheck: true,
      incremental: false,
      rootDir: checkout,
      outDir: folder,
      typeRoots: [join(checkout, "node_modules/@types")],
      // Files that it finds through `node_modules` first, which is a matter of chance, it would not declare.
      paths: Object.fromEntries([...sources].map(([name, source]) => [name, [join(checkout, source)]])),
    },
    include: [],
    files: packages
      .filter(({ command }) => command === undefined)
      .flatMap(({ folder: home, entries }) => Object.values(entries).map((source) => join(checkout, home, source))),
  };
}

/** The sources behind everything that packages of the checkout export, by the name that others import. */
async function exportedSources(): Promise<ReadonlyMap<string, string>> {
  const folders = await Array.fromAsync(glob(["packages/*", "apps/server"], { cwd: checkout }));
  const found = await Promise.all(
    folders.map(async (folder) => {
      const { name, exports = {} } = await readManifest(join(checkout, folder));
      return Object.entries(exports).map(([path, target]): [string, string] => [
        join(name, path),
        join(folder, typeof target === "string" ? target : target.types),
      ]);
    }),
  );
  return new Map(found.flat());
}

/** Each entry has its own file, so that the types of one for browsers do not come with those of Node. */
async function bundle(packed: PackedPackage, target: string, declared: Declared): Promise<void> {
  const { folder, entries, dependencies, typesOf = [], typesWithin = [] } = packed;
  for (const [name, source] of Object.entries(
    toInput(entries, (path) => join(declared.folder, folder, toDeclaration(path))),
  )) {
    const build = await rolldown({
      input: { [name]: source },
      // What is not used vanishes with its imports.
      external: (id) => /^[\w@]/.test(id) && !isExternal(id, ["@strategy-executor", ...typesWithin]),
      // It generates nothing: the compiler has.
      plugins: [findDeclarations(declared), dts({ dtsOnly: true, tsconfig: false, generator: "oxc" })],
      // A note on slow plugins is no fault of what is built.
      checks: { bundlerTimings: false },
      onLog(_level, { message }) {
        throw new Error(message);
      },
    });
    const { output } = await build.write({ dir: target, format: "esm", entryFileNames: "[name].ts" });
    await build.close();
    const text = output.map((file) => (file.type === "chunk" ? file.code : "")).join("\n");
    const imported = Array.from(text.matchAll(/\b(?:from |import\()"([^"]+)"/g), ([, id]) => id!);
    const foreign = imported.filter((id) => !isExternal(id, [...dependencies, ...typesOf]));
    if (foreign.length > 0) throw new Error(`The types of ${folder} (${name}) need ${foreign.join(", ")}`);
  }
}

/** Finds what a declaration imports: its neighbours beside it, other packages from where its source is. */
function findDeclarations({ folder, sources }: Declared): Plugin {
  return {
    name: "find-declarations",
    resolveId: {
      order: "pre",
      handler(id, importer) {
        if (importer === undefined || !importer.startsWith(`${folder}/`)) return null;
        if (id.startsWith(".")) return join(dirname(importer), toDeclaration(id));
        const source = sources.get(id);
        if (source !== undefined) return join(folder, toDeclaration(source));
        return this.resolve(id, join(checkout, relative(folder, importer)), { skipSelf: true });
      },
    },
  };
}

function toDeclaration(source: string): string {
  return source.replace(/(?:\.d)?\.ts$/, ".d.ts");
}

const run = promisify(execFile);
