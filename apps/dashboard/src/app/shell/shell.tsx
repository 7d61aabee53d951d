import { Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { reachable } from "../../api/connection.ts";
import { useStore } from "../../settings/store.ts";
import { useTexts } from "../../texts/texts.ts";
import { KeysDialog } from "./keys-dialog.tsx";
import { useKeys } from "./keys.ts";
import { Navigation } from "./navigation.tsx";
import { Palette } from "./palette.tsx";
import styles from "./shell.module.css";
import { TopBar } from "./top-bar.tsx";

/** The frame of every page: navigation, live switch, command palette, and a banner while the service cannot be reached. */
export function Shell() {
  const { shell, shared } = useTexts();
  const [dialog, setDialog] = useState<"palette" | "keys" | null>(null);
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const isReachable = useStore(reachable);
  useKeys(setDialog);
  const first = useRef(path);
  useEffect(() => {
    // Screen readers start a new page at its top, too.
    if (first.current !== path) main.current?.focus();
    first.current = "";
  }, [path]);
  return (
    <div className={styles.shell}>
      <a href="#main" className={styles.skip}>
        {shell.skip}
      </a>
      <Navigation />
      <div className={styles.content}>
        <TopBar openPalette={() => setDialog("palette")} openKeys={() => setDialog("keys")} />
        {!isReachable && (
          <div className={styles.offline} role="alert">
            {shared.failures.offline}
          </div>
        )}
        <main
          ref={main}
          id="main"
          tabIndex={-1}
          className={isReachable ? styles.main : `${styles.main} ${styles.stale}`}
        >
          <Outlet />
        </main>
      </div>
      {dialog === "palette" && <Palette close={() => setDialog(null)} />}
      {dialog === "keys" && <KeysDialog close={() => setDialog(null)} />}
    </div>
  );
}
