import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { checkout } from "./checkout.ts";
import { declare } from "./declare.ts";
import { packedPackages } from "./packages.ts";
import { stage } from "./stage.ts";

/** Packs all packages that can be installed. Returns the tarballs. */
export async function packAll(target: string): Promise<string[]> {
  await mkdir(target, { recursive: true });
  await using declarations = await declare(packedPackages);
  const folder = await mkdtemp(join(checkout, "node_modules/.cache/pack-"));
  try {
    const tarballs: string[] = [];
    for (const packed of packedPackages) {
      const staged = join(folder, packed.folder);
      await mkdir(staged, { recursive: true });
      await stage(packed, declarations, staged);
      const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", target], { cwd: staged });
      const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
      tarballs.push(join(target, filename));
    }
    return tarballs;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const run = promisify(execFile);
