import { Link } from "@tanstack/react-router";
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

/** The pages: at the left, or along the bottom of a narrow screen. */
export function Navigation() {
  const { shell } = useTexts();
  return (
    <nav aria-label={shell.main} className={styles.navigation}>
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
