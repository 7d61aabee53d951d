import { Button } from "../../parts/controls/button.tsx";
import { isLive } from "../../live/switch.ts";
import { useStore } from "../../settings/store.ts";
import { useTexts } from "../../texts/texts.ts";
import styles from "./shell.module.css";

/** The bar above every page: search, shortcuts, live switch. */
export function TopBar({ openPalette, openKeys }: { readonly openPalette: () => void; readonly openKeys: () => void }) {
  const { shell } = useTexts();
  const live = useStore(isLive);
  return (
    <div className={styles.bar}>
      <Button className={styles.search} onClick={openPalette} aria-keyshortcuts="Control+K /">
        {shell.palette.open} <span className={styles.key}>/</span>
      </Button>
      <Button kind="quiet" onClick={openKeys} aria-keyshortcuts="?" aria-label={shell.keys.name}>
        <span className={styles.key}>?</span>
      </Button>
      <button
        type="button"
        role="switch"
        aria-checked={live}
        aria-keyshortcuts="."
        className={styles.switch}
        onClick={() => isLive.set(!live)}
      >
        {shell.live}
      </button>
    </div>
  );
}
