import { z } from "zod";
import type { ZodOpenApiContentObject, ZodOpenApiOperationObject, ZodOpenApiPathsObject } from "zod-openapi";
import { problemResponses } from "./problem-responses.ts";
import { securityOf } from "./openapi-security.ts";

/** Documented paths that are not operations. */
export const servicePaths: ZodOpenApiPathsObject = {
  "/healthz": {
    get: toOperation("getHealth", "Check that the server is alive.", {
      200: { description: "The server is alive.", content: json(z.object({ status: z.literal("ok") })) },
    }),
  },
  "/readyz": {
    get: toOperation("getReadiness", "Check that the server is ready for requests.", {
      200: {
        description: "The server is ready: its database answers.",
        content: json(z.object({ status: z.literal("ready") })),
      },
      ...problemResponses([503]),
    }),
  },
  "/metrics": {
    get: {
      ...toOperation("getMetrics", "Read the Prometheus metrics of this process.", {
        200: { description: "Prometheus text format.", content: { "text/plain": { schema: z.string() } } },
        ...problemResponses([401, 403, 429, 500, 503]),
      }),
      security: securityOf("admin"),
    },
  },
  "/openapi.json": {
    get: toOperation("getOpenapiJson", "Read this document as JSON.", {
      200: { description: "An OpenAPI 3.1 document.", content: json(z.record(z.string(), z.unknown())) },
    }),
  },
  "/openapi.yaml": {
    get: toOperation("getOpenapiYaml", "Read this document as YAML.", {
      200: { description: "An OpenAPI 3.1 document.", content: { "application/yaml": { schema: z.string() } } },
    }),
  },
};

function toOperation(
  operationId: string,
  summary: string,
  responses: ZodOpenApiOperationObject["responses"],
): ZodOpenApiOperationObject {
  return { operationId, summary, tags: ["Service"], responses };
}

function json(schema: z.ZodType): ZodOpenApiContentObject {
  return { "application/json": { schema } };
}
