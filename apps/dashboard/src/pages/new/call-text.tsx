import { CopyButton } from "../../parts/controls/copy-button.tsx";
import { useCurl } from "../../parts/data/curl.ts";
import { Code } from "../../parts/data/json-view.tsx";
import { Section } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";

export type CallbackFormat = "json" | "slack" | "discord" | "telegram";

interface Call {
  readonly strategy_name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly label?: string;
  readonly callback_url?: string;
  readonly callback_format?: CallbackFormat;
  readonly callback_max_attempts?: number;
}

/** The form as a call of the API, for curl and for TypeScript. */
export function CallText({ call }: { readonly call: Call }) {
  const { start: texts } = useTexts();
  const curl = useCurl()("/strategies/execute/", call);
  const program = programOf(call);
  return (
    <Section title={texts.code}>
      <div className="stack">
        <div>
          <CopyButton text={curl} />
          <Code label="curl" text={curl} />
        </div>
        <div>
          <CopyButton text={program} />
          <Code label="TypeScript" text={program} />
        </div>
      </div>
    </Section>
  );
}

function programOf({ strategy_name, parameters, ...options }: Call): string {
  const given = [strategy_name, parameters, ...(Object.keys(options).length > 0 ? [options] : [])]
    .map((value) => JSON.stringify(value))
    .join(", ");
  return [
    'import { createClient } from "@strategy-executor/client";',
    "",
    `const client = createClient({ url: ${JSON.stringify(location.origin)} });`,
    `const { execution_id } = await client.execute(${given});`,
    "for await (const update of client.executions.watch(execution_id)) console.log(update);",
  ].join("\n");
}
