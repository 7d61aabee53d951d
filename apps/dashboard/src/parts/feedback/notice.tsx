import type { ReactNode } from "react";
import styles from "./notice.module.css";

/** A highlighted note. */
export function Notice({ tone, children }: { readonly tone: "bad" | "warn" | "good"; readonly children: ReactNode }) {
  return (
    <div className={styles[tone]} role={tone === "bad" ? "alert" : "note"}>
      {children}
    </div>
  );
}

/** A message for an empty list, with a suggestion. */
export function Empty({
  title,
  children,
  actions,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}) {
  return (
    <div className={styles.empty}>
      <p>{title}</p>
      {children}
      {actions !== undefined && <div className={styles.emptyActions}>{actions}</div>}
    </div>
  );
}
