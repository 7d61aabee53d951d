import { writeFileSync } from "node:fs";
import { strategyPages } from "./strategy-pages.ts";

const folder = new URL("../../../../docs/strategies/", import.meta.url);
for (const [file, text] of strategyPages()) writeFileSync(new URL(file, folder), text);
console.log(`Wrote ${strategyPages().size} pages to docs/strategies`);
