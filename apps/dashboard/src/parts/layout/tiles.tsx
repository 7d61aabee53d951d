import { Link, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import styles from "./tiles.module.css";

/** Figures in a row; in rows of four on a wide screen if they are `many`. */
export function Tiles({ children, many = false }: { readonly children: ReactNode; readonly many?: boolean }) {
  return <dl className={many ? `${styles.tiles} ${styles.many}` : styles.tiles}>{children}</dl>;
}

export function Tile({
  name,
  value,
  note,
  tone,
  to,
}: {
  readonly name: ReactNode;
  readonly value: ReactNode;
  readonly note?: ReactNode;
  readonly tone?: "gain" | "loss" | "bad" | undefined;
  /** A link to the source of the figure. */
  readonly to?: LinkProps;
}) {
  return (
    <div className={styles.tile}>
      <dt>{name}</dt>
      <dd className={tone === undefined ? styles.value : `${styles.value} ${tone === "bad" ? styles.bad : tone}`}>
        {to === undefined ? value : <Link {...to}>{value}</Link>}
      </dd>
      {note !== undefined && <dd className={styles.note}>{note}</dd>}
    </div>
  );
}
