import type { Outputs } from "../api/client.ts";
import { useFormats } from "../formats/formats.ts";
import { Notice } from "../parts/feedback/notice.tsx";
import { useTexts } from "../texts/texts.ts";

/** The results of a check that concern no single field. */
export function Checked({ checked }: { readonly checked: Outputs["checkParameters"] | undefined }) {
  const { start: texts } = useTexts();
  const { day } = useFormats();
  if (checked === undefined) return null;
  const general = checked.errors.filter(({ path }) => path === "");
  const without = checked.missing.filter(({ last_day }) => last_day === null).map(({ ticker }) => ticker);
  const early = checked.missing.flatMap(({ ticker, last_day }) =>
    last_day === null ? [] : [texts.ends(ticker, day(last_day))],
  );
  return (
    <div className="stack" aria-live="polite">
      {general.length > 0 && <Notice tone="bad">{general.map(({ message }) => message).join("; ")}</Notice>}
      {without.length > 0 && <Notice tone="warn">{texts.missing(without.join(", "))}</Notice>}
      {early.length > 0 && <Notice tone="warn">{early.join("; ")}</Notice>}
      {checked.valid && (
        <p className="small muted">
          {texts.valid} {texts.universe}: {checked.universe.join(", ")}
        </p>
      )}
    </div>
  );
}
