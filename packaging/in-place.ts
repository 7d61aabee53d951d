import { rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { checkout } from "./checkout.ts";
import { type PackedPackage, packedPackages } from "./packages.ts";

/** Where the package's own manifest is while `npm pack` reads another one. */
export const saved = "package.json.saved";

export function findPacked(folder: string): PackedPackage {
  const packed = packedPackages.find((one) => resolve(checkout, one.folder) === folder);
  if (packed === undefined) throw new Error(`${folder} is not a package that can be packed`);
  return packed;
}

/** Makes the folder what it was before `npm pack`. */
export async function restore(): Promise<void> {
  await rename(saved, "package.json");
  for (const path of ["dist", "LICENSE"]) await rm(path, { recursive: true, force: true });
}
