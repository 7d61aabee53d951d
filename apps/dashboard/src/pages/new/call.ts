export type CallbackFormat = "json" | "slack" | "discord" | "telegram";

/** A submission, as the API takes it. */
export interface Call {
  readonly strategy_name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly label?: string;
  readonly callback_url?: string;
  readonly callback_format?: CallbackFormat;
  readonly callback_max_attempts?: number;
}

/** A call as a TypeScript program that follows the execution. `withKey` reads the API key from the environment. */
export function programOf({ strategy_name, parameters, ...options }: Call, url: string, withKey: boolean): string {
  const given = [strategy_name, parameters, ...(Object.keys(options).length > 0 ? [options] : [])]
    .map((value) => JSON.stringify(value))
    .join(", ");
  const key = withKey ? ', apiKey: process.env.API_KEY ?? ""' : "";
  return [
    'import { createClient } from "@strategy-executor/client";',
    "",
    `const client = createClient({ url: ${JSON.stringify(url)}${key} });`,
    `const { execution_id } = await client.execute(${given});`,
    "for await (const update of client.executions.watch(execution_id)) console.log(update);",
  ].join("\n");
}
