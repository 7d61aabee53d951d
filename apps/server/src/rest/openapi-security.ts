import type { Scope } from "@strategy-executor/core";
import type { ZodOpenApiOperationObject, ZodOpenApiSecuritySchemeObject } from "zod-openapi";

/** The name of the scheme in the document. */
export const apiKeySecurity = "api_key";

export const apiKeyScheme: ZodOpenApiSecuritySchemeObject = {
  type: "http",
  scheme: "bearer",
  description:
    "An API key, required with `AUTH=on`. Its scopes are `read`, `execute` and `admin`, which includes the others.",
};

/** Either no key, for servers with `AUTH=off`, or a key with the scope. */
export function securityOf(scope: Scope): NonNullable<ZodOpenApiOperationObject["security"]> {
  return [{}, { [apiKeySecurity]: [scope] }];
}
