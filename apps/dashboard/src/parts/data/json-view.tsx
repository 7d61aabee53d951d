import { useTexts } from "../../texts/texts.ts";
import { CopyButton } from "../controls/copy-button.tsx";
import styles from "./json-view.module.css";

const shownLines = 200;

/** JSON to read and copy; long values are collapsed. */
export function JsonView({
  value,
  curl,
  label,
}: {
  readonly value: unknown;
  readonly curl?: string;
  readonly label: string;
}) {
  const { words } = useTexts().shared;
  const text = JSON.stringify(value, null, 2);
  const lines = text.split("\n");
  return (
    <div className={styles.view}>
      <div className="row">
        <CopyButton text={text} />
        {curl !== undefined && <CopyButton text={curl} label={words.copyCurl} />}
      </div>
      <Code label={label} text={lines.slice(0, shownLines).join("\n")} />
      {lines.length > shownLines && (
        <details>
          <summary>{words.moreLines(lines.length - shownLines)}</summary>
          <Code label={label} text={lines.slice(shownLines).join("\n")} />
        </details>
      )}
    </div>
  );
}

/** Monospaced text that scrolls, by keyboard too. */
export function Code({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <pre className={styles.code} tabIndex={0} aria-label={label} role="region">
      {text}
    </pre>
  );
}
