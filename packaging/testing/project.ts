import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { packAll } from "../pack.ts";

/** A project of somebody else: a folder outside of the checkout. */
export interface Project extends AsyncDisposable {
  readonly folder: string;
  /** Runs a program of the project. @throws with all of its output unless it exits with 0 */
  run(program: string, ...args: readonly string[]): Promise<string>;
}

/** The tarballs, packed once for all tests of a process, by the end of the package's name. */
export function tarballs(): Promise<Readonly<Record<string, string>>> {
  packed ??= (async () => {
    const files = await packAll(await mkdtemp(join(tmpdir(), "strategy-executor-tarballs-")));
    process.on("exit", () => rmSync(dirname(files[0]!), { recursive: true, force: true }));
    return Object.fromEntries(files.map((file) => [/strategy-executor-(\w+)-[^/]+$/.exec(file)![1]!, file]));
  })();
  return packed;
}

let packed: Promise<Readonly<Record<string, string>>> | undefined;

/** Makes an empty project, installs these packages, names with versions or tarballs, and writes these files. */
export async function createProject(
  packages: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), "strategy-executor-project-"));
  const project: Project = {
    folder,
    async run(program, ...args) {
      const path = [join(folder, "node_modules/.bin"), process.env["PATH"]].join(":");
      try {
        const { stdout } = await run(program, args, { cwd: folder, env: { ...process.env, PATH: path } });
        return stdout;
      } catch (error) {
        const { stdout, stderr } = error as { stdout: string; stderr: string };
        throw new Error(`${program} ${args.join(" ")}\n${stdout}${stderr}`, { cause: error });
      }
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
  const manifest = JSON.stringify({ name: "project", private: true, type: "module" });
  for (const [name, content] of Object.entries({ "package.json": manifest, ...files })) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  await project.run("npm", "install", "--no-audit", "--no-fund", "--prefer-offline", ...packages);
  return project;
}

/** The program `node` in other versions. They are npm packages, one for each system. */
export async function installNodes(
  versions: readonly string[],
): Promise<Project & { readonly programs: Readonly<Record<string, string>> }> {
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const project = await createProject(versions.map((version) => `node-${version}@npm:${name}@${version}`));
  const programs = versions.map((version) => [version, join(project.folder, `node_modules/node-${version}/bin/node`)]);
  return { ...project, programs: Object.fromEntries(programs) as Record<string, string> };
}

const run = promisify(execFile);
