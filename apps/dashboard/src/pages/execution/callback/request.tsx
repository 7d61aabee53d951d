import { useQuery } from "@tanstack/react-query";
import { queryOf } from "../../../api/queries.ts";
import { CopyButton } from "../../../parts/controls/copy-button.tsx";
import { quoted } from "../../../parts/data/curl-of.ts";
import { Code } from "../../../parts/data/json-view.tsx";
import { Loaded } from "../../../parts/feedback/loaded.tsx";
import { Section } from "../../../parts/layout/page.tsx";
import { useTexts } from "../../../texts/texts.ts";

/** The request of the callback, with its exact body. */
export function CallbackRequest({ id }: { readonly id: number }) {
  const { callback: texts } = useTexts().execution;
  const { words } = useTexts().shared;
  const query = useQuery({ ...queryOf("getCallbackRequest", { execution_id: id }), staleTime: 60_000 });
  return (
    <Section title={texts.request}>
      <Loaded query={query} shape="text">
        {({ method, url, headers, body }) => {
          const text = [
            `${method} ${url}`,
            ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
            "",
            indented(body),
          ].join("\n");
          return (
            <div className="stack">
              <div>
                <CopyButton text={body} />
                {method === "POST" && <CopyButton text={curlOf(url, headers, body)} label={words.copyCurl} />}
              </div>
              <Code label={texts.request} text={text} />
            </div>
          );
        }}
      </Loaded>
    </Section>
  );
}

/** The request as a curl command, without its signatures. */
function curlOf(url: string, headers: Readonly<Record<string, string>>, body: string): string {
  const parts = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  return [`curl -X POST ${quoted(url)}`, ...parts, `--data-raw ${quoted(body)}`].join(" \\\n  ");
}

function indented(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
