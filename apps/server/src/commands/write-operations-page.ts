import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { operationsPage } from "./operations-page.ts";

writeFileSync(fileURLToPath(new URL("../../../../docs/operations.md", import.meta.url)), operationsPage());
