import { type Element, toNodes } from "@strategy-executor/report";
import { createElement, type ReactNode, useState } from "react";
import { useTexts } from "../texts/texts.ts";
import styles from "./charts.module.css";

/** A figure of a report as React elements: its name, its description and its data as a table. */
export function Figure({
  name,
  sentence,
  figure,
  actions,
  children,
}: {
  readonly name: string;
  readonly sentence?: ReactNode;
  readonly figure: Element;
  readonly actions?: ReactNode;
  /** The data of the figure. */
  readonly children?: ReactNode;
}) {
  return (
    <figure aria-label={name} className={styles.figure}>
      <FigureHead name={name} sentence={sentence} actions={actions} />
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <div className={styles.scroll} tabIndex={0} role="group" aria-label={name}>
        {toNodes<ReactNode>(figure, (tag, props, ...children_) => createElement(tag, props, ...children_))}
      </div>
      {children !== undefined && <Behind>{children}</Behind>}
    </figure>
  );
}

export function FigureHead({
  name,
  sentence,
  actions,
}: {
  readonly name: string;
  readonly sentence?: ReactNode;
  readonly actions?: ReactNode;
}) {
  return (
    <figcaption className={styles.head}>
      <div className={styles.title}>
        <h2>{name}</h2>
        {actions !== undefined && <div className="row">{actions}</div>}
      </div>
      {sentence !== undefined && <p className="muted small">{sentence}</p>}
    </figcaption>
  );
}

/** The data of a chart as a collapsed table. It is rendered when it is opened, because it may be long. */
export function Behind({ children }: { readonly children: ReactNode }) {
  const { words } = useTexts().shared;
  const [isOpen, setOpen] = useState(false);
  return (
    <details className={styles.behind} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{words.asTable}</summary>
      {isOpen && children}
    </details>
  );
}
