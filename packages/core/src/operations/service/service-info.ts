import { z } from "zod";

/** What a process knows about its service. */
export const ServiceInfo = z.object({
  auth: z.enum(["on", "off"]).meta({ description: "Whether requests need an API key." }),
  mode: z.enum(["development", "production"]).meta({ description: "`MODE`, as printed at the start." }),
  version: z.string().meta({ description: "Version of the server." }),
  public_url: z
    .string()
    .nullable()
    .meta({ description: "Address at which browsers reach the service; null when not set." }),
  mail: z.boolean().meta({ description: "Whether callbacks can be sent by mail." }),
});
export type ServiceInfo = z.output<typeof ServiceInfo>;
