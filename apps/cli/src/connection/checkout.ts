import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout or image of the service that this command is part of; null where it is installed alone. */
export const checkout: string | null = findCheckout(fileURLToPath(new URL("../../../../", import.meta.url)));

function findCheckout(folder: string): string | null {
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest) || !existsSync(join(folder, "apps/server/src/main.ts"))) return null;
  const { name } = JSON.parse(readFileSync(manifest, "utf8")) as { name?: string };
  return name === "strategy-executor" ? folder : null;
}
