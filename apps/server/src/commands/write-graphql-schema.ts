import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { schemaText } from "../graphql/schema.ts";

const file = fileURLToPath(new URL("../../schema.graphql", import.meta.url));
writeFileSync(file, schemaText());
console.log(`Wrote ${file}`);
