import { useTexts } from "../../texts/texts.ts";
import styles from "./skeleton.module.css";

export type Shape = "table" | "tiles" | "chart" | "text";

const bars: Readonly<Record<Shape, number>> = { table: 8, tiles: 6, chart: 1, text: 4 };

/** A placeholder in the shape of what is loading. */
export function Skeleton({ shape }: { readonly shape: Shape }) {
  const { words } = useTexts().shared;
  return (
    <div className={styles[shape]} role="status" aria-label={words.loading} data-loading="">
      {Array.from({ length: bars[shape] }, (_, index) => (
        <span key={index} className={styles.bar} />
      ))}
    </div>
  );
}
