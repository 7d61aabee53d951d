export { database } from "./database/database.ts";
export { keys } from "./keys/keys.ts";
export { prices } from "./prices/prices.ts";
export { secrets } from "./secrets/secrets.ts";
export { strategies } from "./strategies/strategies.ts";
