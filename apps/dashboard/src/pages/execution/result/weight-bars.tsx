import { useFormats } from "../../../formats/formats.ts";
import { useTexts } from "../../../texts/texts.ts";
import styles from "../execution.module.css";

/** Weights as bars, the largest first; the rest is cash. */
export function WeightBars({ weights }: { readonly weights: Readonly<Record<string, number>> }) {
  const { result: texts } = useTexts().execution;
  const { percent } = useFormats();
  const held = Object.entries(weights)
    .filter(([, weight]) => weight !== 0)
    .toSorted(([, a], [, b]) => b - a);
  const cash = 1 - held.reduce((sum, [, weight]) => sum + weight, 0);
  if (held.length === 0) return <p>{texts.nothing}</p>;
  const rows = cash > 0.000_05 ? [...held, [texts.cash, cash] as const] : held;
  return (
    <dl className={styles.bars}>
      {rows.map(([ticker, weight]) => (
        <div key={ticker} className={styles.weight}>
          <dt>{ticker}</dt>
          <dd aria-hidden="true">
            <div className={styles.bar} style={{ width: `${Math.min(Math.abs(weight), 1) * 100}%` }} />
          </dd>
          <dd className="number">{percent(weight)}</dd>
        </div>
      ))}
    </dl>
  );
}
