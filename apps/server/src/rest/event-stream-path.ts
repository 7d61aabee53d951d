import { getExecution } from "@strategy-executor/core";
import { z } from "zod";
import type { ZodOpenApiPathsObject } from "zod-openapi";
import { problemResponses } from "./problem-responses.ts";
import { securityOf } from "./openapi-security.ts";

const description = `\
Server-sent events. An \`event\` is one recorded change of the execution: its data are \`execution_id\`, \`strategy\`, \
\`number\` (1, 2, 3 ... within the execution, also the id of the event), \`status\` and \`at\`. Between events, \`progress\` \
has no id; its data are \`execution_id\`, \`fraction\` and \`phase\`. All events so far are sent first. The stream ends with \
the terminal event.`;

const example = `\
id: 1
event: event
data: {"execution_id":123,"strategy":"BoldAssetAllocation","number":1,"status":"pending","at":"2025-10-04T11:59:59.990Z"}

id: 2
event: event
data: {"execution_id":123,"strategy":"BoldAssetAllocation","number":2,"status":"running","at":"2025-10-04T12:00:00.000Z"}

event: progress
data: {"execution_id":123,"fraction":0.5,"phase":"backtest"}

id: 3
event: event
data: {"execution_id":123,"strategy":"BoldAssetAllocation","number":3,"status":"completed","at":"2025-10-04T12:00:15.000Z"}

`;

/** The path item of an execution's event stream. */
export const eventStreamPath: ZodOpenApiPathsObject = {
  "/executions/{execution_id}/events/": {
    get: {
      operationId: "watchExecution",
      summary: "Follow an execution until it ends.",
      tags: ["Executions"],
      security: securityOf("read"),
      requestParams: {
        path: getExecution.input,
        header: z.object({
          "Last-Event-ID": z
            .string()
            .regex(/^\d{1,9}$/)
            .optional()
            .meta({ description: "Number of the last known event; only later ones are sent." }),
        }),
      },
      responses: {
        200: { description, content: { "text/event-stream": { schema: z.string(), example } } },
        204: { description: "The last known event was the final one." },
        ...problemResponses([401, 403, 404, 422, 429, 500]),
      },
    },
  },
};
