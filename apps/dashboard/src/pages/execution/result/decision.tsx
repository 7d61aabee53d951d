import type { Execution } from "@strategy-executor/client";
import { useFormats } from "../../../formats/formats.ts";
import { Section } from "../../../parts/layout/page.tsx";
import { useTexts } from "../../../texts/texts.ts";
import styles from "../execution.module.css";
import { WeightBars } from "./weight-bars.tsx";

interface Portfolio {
  readonly weights: Readonly<Record<string, number>>;
  readonly mode: string | null;
  readonly because: string;
  readonly decided_on: string;
  readonly filled_on: string | null;
}

interface Position {
  readonly symbol: string;
  readonly signal: string;
  readonly because: string;
  readonly decided_on: string;
  readonly filled_on: string | null;
}

/** The weights and the reason of the last decision. */
export function Decision({ execution }: { readonly execution: Execution }) {
  const { result: texts } = useTexts().execution;
  const formats = useFormats();
  const { result } = execution;
  // A user's own strategy may report neither.
  const portfolio = shaped<Portfolio>(result?.portfolio, "weights");
  const position = shaped<Position>(result?.position, "signal");
  const last = portfolio ?? position;
  if (last === null) return null;
  return (
    <Section title={texts.decision} note={result?.data?.source === "synthetic" ? texts.synthetic : undefined}>
      <div className={styles.decision}>
        {portfolio !== null && <WeightBars weights={portfolio.weights} />}
        <dl className={styles.facts}>
          {position !== null && (
            <>
              <dt>{texts.signal}</dt>
              <dd>
                <strong>{position.signal}</strong> {position.symbol}
              </dd>
            </>
          )}
          {portfolio?.mode !== null && portfolio?.mode !== undefined && (
            <>
              <dt>{texts.mode}</dt>
              <dd>{portfolio.mode}</dd>
            </>
          )}
          <dt>{texts.because}</dt>
          <dd>{last.because}</dd>
          <dt>{texts.decidedOn}</dt>
          <dd>{formats.day(last.decided_on)}</dd>
          <dt>{texts.tradedOn}</dt>
          <dd>{last.filled_on === null ? texts.notTraded : formats.day(last.filled_on)}</dd>
        </dl>
      </div>
    </Section>
  );
}

function shaped<Shape>(value: unknown, key: string): Shape | null {
  return typeof value === "object" && value !== null && key in value ? (value as Shape) : null;
}
