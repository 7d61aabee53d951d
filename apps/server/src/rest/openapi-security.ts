import type { Scope } from "@strategy-executor/core";
import type { ZodOpenApiOperationObject, ZodOpenApiSecuritySchemeObject } from "zod-openapi";

/** What the document calls the scheme. */
export const apiKeySecurity = "api_key";

export const apiKeyScheme: ZodOpenApiSecuritySchemeObject = {
  type: "http",
  scheme: "bearer",
  description:
    "An API key, where the server asks for one (`AUTH=on`). Its scopes are `read`, `execute` and `admin`, which includes the others.",
};

/** Open where the server asks for no key; otherwise a key with the scope. */
export function securityOf(scope: Scope): NonNullable<ZodOpenApiOperationObject["security"]> {
  return [{}, { [apiKeySecurity]: [scope] }];
}
