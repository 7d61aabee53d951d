import { z } from "zod";
import type { ZodOpenApiContentObject, ZodOpenApiOperationObject, ZodOpenApiPathsObject } from "zod-openapi";
import { problemResponses } from "./problem-responses.ts";
import { securityOf } from "./openapi-security.ts";

/** What the server answers besides the operations, as the document describes it. */
export const servicePaths: ZodOpenApiPathsObject = {
  "/healthz": {
    get: toOperation("getHealth", "Ask whether the server is alive.", {
      200: { description: "It is.", content: json(z.object({ status: z.literal("ok") })) },
    }),
  },
  "/readyz": {
    get: toOperation("getReadiness", "Ask whether the server is ready for requests.", {
      200: { description: "It is: the database answers.", content: json(z.object({ status: z.literal("ready") })) },
      ...problemResponses([503]),
    }),
  },
  "/metrics": {
    get: {
      ...toOperation("getMetrics", "Read what Prometheus is told of this process.", {
        200: { description: "Its text format.", content: { "text/plain": { schema: z.string() } } },
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
