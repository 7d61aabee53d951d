import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openapiDocument, openapiText } from "../rest/openapi.ts";

const file = fileURLToPath(new URL("../../openapi.json", import.meta.url));
writeFileSync(file, openapiText(openapiDocument()));
console.log(`Wrote ${file}`);
