import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const checkout = fileURLToPath(new URL("../../..", import.meta.url));

/** The text of a file, by its path from the root of the repository. */
export function readText(file: string): string {
  return readFileSync(resolve(checkout, file), "utf8");
}
