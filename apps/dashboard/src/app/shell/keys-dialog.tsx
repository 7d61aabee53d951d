import { Dialog } from "../../parts/controls/dialog.tsx";
import { useTexts } from "../../texts/texts.ts";
import styles from "./shell.module.css";

/** Lists the keyboard shortcuts. */
export function KeysDialog({ close }: { readonly close: () => void }) {
  const { keys } = useTexts().shell;
  const entries: readonly (readonly [readonly string[], string])[] = [
    [["Ctrl K", "/"], keys.palette],
    [["?"], keys.list],
    [["j"], keys.down],
    [["k"], keys.up],
    [["Enter"], keys.enter],
    [["."], keys.live],
    [["n"], keys.newExecution],
    [["←", "→"], keys.tabs],
    [["+", "-"], keys.zoom],
  ];
  return (
    <Dialog title={keys.name} close={close}>
      <dl className={styles.keys}>
        {entries.map(([names, meaning]) => (
          <div key={meaning} className={styles.entry}>
            <dt>
              {names.map((name) => (
                <kbd key={name} className={styles.key}>
                  {name}
                </kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
