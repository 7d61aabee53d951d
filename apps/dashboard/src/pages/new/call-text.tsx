import { basePath } from "../../api/base-path.ts";
import { useNeedsKey } from "../../api/session.ts";
import { CopyButton } from "../../parts/controls/copy-button.tsx";
import { useCurl } from "../../parts/data/curl.ts";
import { Code } from "../../parts/data/json-view.tsx";
import { Section } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import { type Call, programOf } from "./call.ts";

/** The form as a call of the API, for curl and for TypeScript. */
export function CallText({ call }: { readonly call: Call }) {
  const { start: texts, shared } = useTexts();
  const withKey = useNeedsKey();
  const curl = useCurl()("/strategies/execute/", call);
  const program = programOf(call, location.origin + basePath, withKey);
  return (
    <Section title={texts.code}>
      <div className="stack">
        <div>
          <CopyButton text={curl} label={shared.words.copyCurl} />
          <Code label="curl" text={curl} />
        </div>
        <div>
          <CopyButton text={program} label={texts.copyProgram} />
          <Code label="TypeScript" text={program} />
        </div>
      </div>
    </Section>
  );
}
