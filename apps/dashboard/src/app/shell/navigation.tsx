import { Link, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTexts } from "../../texts/texts.ts";
import { Icon, type IconName } from "./icon.tsx";
import styles from "./navigation.module.css";

const entries = [
  ["/", "overview"],
  ["/today", "today"],
  ["/executions", "executions"],
  ["/sweeps", "sweeps"],
  ["/schedules", "schedules"],
  ["/deliveries", "deliveries"],
  ["/prices", "prices"],
  ["/strategies", "strategies"],
  ["/settings", "settings"],
] as const satisfies readonly (readonly [string, IconName])[];

/** As in navigation.module.css. */
const narrow = "(max-width: 720px)";

/** The links to the pages: at the left, or at the bottom of a narrow screen. */
export function Navigation() {
  const { shell } = useTexts();
  const bar = useRef<HTMLElement>(null);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  useEffect(() => {
    // The bottom of a narrow screen has room for some of them only. Elsewhere the lengths would be asked for in vain, which takes a layout.
    if (!matchMedia(narrow).matches) return;
    const open = bar.current?.querySelector<HTMLElement>('[aria-current="page"]');
    if (bar.current !== null && open) bar.current.scrollLeft = open.offsetLeft - bar.current.clientWidth / 2 + 30;
  }, [path]);
  return (
    <nav aria-label={shell.main} className={styles.navigation} ref={bar}>
      <p className={styles.name} aria-hidden="true">
        Strategy executor
      </p>
      <ul>
        {entries.map(([to, name]) => (
          <li key={to}>
            <Link to={to} activeOptions={{ exact: to === "/", includeSearch: false }} className={styles.link}>
              <Icon name={name} />
              {shell.pages[name]}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
