import { existsSync } from "node:fs";

const shared = new URL("../../../../../shared/reference/", import.meta.url);

/** A file of reference results beside the checkout. */
export function referenceFile(name: string): URL {
  return new URL(name, shared);
}

/**
 * Whether tests that need the file run; says so when they are skipped. With `REQUIRE_REFERENCE` they run in any case, and
 * fail when the file does not exist.
 */
export function isAvailable(file: URL): boolean {
  if (existsSync(file) || process.env["REQUIRE_REFERENCE"] === "1") return true;
  console.info(
    `Tests are skipped that need ../shared/reference/${file.href.slice(shared.href.length)}, which does not exist`,
  );
  return false;
}
