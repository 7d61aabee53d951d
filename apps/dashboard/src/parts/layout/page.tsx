import type { ReactNode } from "react";
import styles from "./page.module.css";

/** A page: window title, heading, actions and contents. */
export function Page({
  title,
  badge,
  lead,
  actions,
  children,
}: {
  readonly title: string;
  /** Shown beside the heading, such as a state. */
  readonly badge?: ReactNode;
  /** A line below the heading. */
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}) {
  return (
    <>
      <title>{`${title} · Strategy executor`}</title>
      <header className={styles.head}>
        <div className={styles.titles}>
          <div className="row">
            <h1>{title}</h1>
            {badge}
          </div>
          {lead !== undefined && <div className={styles.lead}>{lead}</div>}
        </div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </header>
      <div className={styles.body}>{children}</div>
    </>
  );
}

/** A section with a heading. */
export function Section({
  title,
  actions,
  note,
  children,
  plain = false,
}: {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly note?: ReactNode;
  readonly children: ReactNode;
  /** Without the frame. */
  readonly plain?: boolean;
}) {
  return (
    <section className={plain ? styles.plain : styles.section} aria-label={title}>
      <header className={styles.sectionHead}>
        <h2>{title}</h2>
        {actions !== undefined && <div className="row">{actions}</div>}
      </header>
      {note !== undefined && <p className={styles.note}>{note}</p>}
      {children}
    </section>
  );
}
