import { z } from "zod";
import { exchangeNames } from "../../exchanges/exchange.ts";
import { Exchange } from "../../prices/schemas.ts";
import { query, scopes } from "../operation.ts";
import { ServiceInfo } from "./service-info.ts";

export const getSession = query({
  name: "getSession",
  summary: "Read the identity and the scopes of the caller, and what the service offers.",
  scope: "read",
  input: z.strictObject({}),
  output: z
    .object({
      client: z.string().meta({ description: "Whose executions are shown; `local` where no API key is needed." }),
      scopes: z.array(z.enum(scopes)).meta({ description: "What the client may do; `admin` includes everything." }),
      ...ServiceInfo.shape,
      exchanges: z.array(Exchange).meta({ description: "Exchanges whose calendars the service knows." }),
    })
    .meta({ id: "Session" }),
  run: async ({ client, service }) => ({
    client: client.id,
    scopes: scopes.filter((scope) => client.scopes.has(scope)),
    ...service,
    exchanges: [...exchangeNames],
  }),
});
