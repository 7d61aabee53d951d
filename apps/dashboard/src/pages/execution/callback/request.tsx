import { useQuery } from "@tanstack/react-query";
import { queryOf } from "../../../api/queries.ts";
import { CopyButton } from "../../../parts/controls/copy-button.tsx";
import { Code } from "../../../parts/data/json-view.tsx";
import { Loaded } from "../../../parts/feedback/loaded.tsx";
import { Section } from "../../../parts/layout/page.tsx";
import { useTexts } from "../../../texts/texts.ts";

/** The request of the callback, with its exact body. */
export function CallbackRequest({ id }: { readonly id: number }) {
  const { callback: texts } = useTexts().execution;
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
              </div>
              <Code label={texts.request} text={text} />
            </div>
          );
        }}
      </Loaded>
    </Section>
  );
}

function indented(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
