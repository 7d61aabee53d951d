/* What the settings of a process are checked against. It loads nothing else, so that command-line tools start quickly. */

export { notificationLanguages } from "../notifications/texts/texts.ts";
export { providerNames } from "../prices/providers/provider-names.ts";
export { parseSecretsKey } from "./signing/secret-box.ts";

/** Largest number of attempts that a submission may request. */
export const maxCallbackAttempts = 20;
