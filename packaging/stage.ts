import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { checkout, readManifest } from "./checkout.ts";
import { compile, toFileName } from "./compile.ts";
import type { Declarations } from "./declare.ts";
import type { PackedPackage } from "./packages.ts";

/** Writes everything that the tarball of a package contains into a folder. */
export async function stage(packed: PackedPackage, declarations: Declarations, target: string): Promise<void> {
  const dist = join(target, "dist");
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  const modules = await compile(packed, dist);
  if (packed.command === undefined) await declarations.bundle(packed, dist);
  await writeFile(join(dist, "third-party-licenses.txt"), await licensesOf(modules));
  await cp(join(checkout, "LICENSE"), join(target, "LICENSE"));
  for (const name of ["README.md", "CHANGELOG.md"]) {
    const source = join(checkout, packed.folder, name);
    if (source !== join(target, name) && existsSync(source)) await cp(source, join(target, name));
  }
  await writeFile(join(target, "package.json"), `${JSON.stringify(await packedManifest(packed), null, 2)}\n`);
}

/** The `package.json` of the tarball. In the checkout a package exports its sources and takes versions from the catalog. */
async function packedManifest(packed: PackedPackage): Promise<object> {
  const { folder, description, entries, command, node, dependencies, typesOf = [] } = packed;
  const { name, version, license } = await readManifest(join(checkout, folder));
  const types = Object.fromEntries(typesOf.map((id) => [id, "*"]));
  return {
    name,
    version,
    description,
    license,
    type: "module",
    engines: { node },
    sideEffects: false,
    ...(command !== undefined && { bin: { [command]: "./dist/index.js" } }),
    ...(command === undefined && {
      exports: Object.fromEntries(
        Object.keys(entries).map((path) => {
          const file = `./dist/${toFileName(path)}`;
          return [path, { types: `${file}.d.ts`, default: `${file}.js` }];
        }),
      ),
    }),
    files: ["dist", "CHANGELOG.md"],
    dependencies: Object.fromEntries(await Promise.all(dependencies.map(versionOf))),
    ...(typesOf.length > 0 && {
      peerDependencies: types,
      peerDependenciesMeta: Object.fromEntries(typesOf.map((id) => [id, { optional: true }])),
    }),
  };
}

/** The version that the tests run with, or a compatible one. */
async function versionOf(dependency: string): Promise<[string, string]> {
  const { catalog } = parse(await readFile(join(checkout, "pnpm-workspace.yaml"), "utf8")) as Workspace;
  const version = catalog[dependency];
  if (version === undefined) throw new Error(`${dependency} is not in the catalog`);
  // The two packages of tRPC demand each other in exactly one version.
  return [dependency, dependency.startsWith("@trpc/") ? version : `^${version}`];
}

interface Workspace {
  readonly catalog: Readonly<Record<string, string>>;
}

/** The licenses of other people's packages that became part of the code. */
async function licensesOf(modules: readonly string[]): Promise<string> {
  const folders = modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0] ?? []);
  const texts = [...new Set(folders)].toSorted().map(async (folder) => {
    const { name, version, license } = await readManifest(folder);
    const file = ["license", "LICENSE", "license.md", "LICENSE.md"].find((one) => existsSync(join(folder, one)));
    if (file === undefined) throw new Error(`${name} has no license file`);
    return `${name} ${version} (${license})\n\n${await readFile(join(folder, file), "utf8")}`;
  });
  const separator = `\n${"-".repeat(80)}\n\n`;
  return texts.length === 0 ? "None.\n" : (await Promise.all(texts)).join(separator);
}
