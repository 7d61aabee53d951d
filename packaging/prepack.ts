import { existsSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { declare } from "./declare.ts";
import { findPacked, restore, saved } from "./in-place.ts";
import { stage } from "./stage.ts";

// `npm pack` in the folder of a package calls this first: the folder then holds what the tarball is to contain.
const packed = findPacked(process.cwd());
if (existsSync(saved)) await restore();
await using declarations = await declare([packed]);
await copyFile("package.json", saved);
await stage(packed, declarations, process.cwd());
