import { useTexts } from "../../texts/texts.ts";
import styles from "./state.module.css";

/** The icon and colour of a state. */
const looks = {
  pending: ["○", "waiting"],
  waiting: ["○", "waiting"],
  running: ["◐", "moving"],
  executing: ["◐", "moving"],
  completed: ["✓", "good"],
  ended: ["✓", "good"],
  delivered: ["✓", "good"],
  failed: ["✕", "bad"],
  given_up: ["✕", "bad"],
  missed: ["✕", "bad"],
  open: ["✕", "bad"],
  half_open: ["◐", "warn"],
  closed: ["✓", "good"],
  due: ["◷", "warn"],
  cancelled: ["⊘", "quiet"],
  superseded: ["⊘", "quiet"],
  interrupted: ["✕", "warn"],
  returned: ["↩", "quiet"],
  active: ["✓", "good"],
  paused: ["‖", "warn"],
  alive: ["✓", "good"],
  lost: ["✕", "bad"],
  none: ["–", "quiet"],
} as const;

export type StateName = keyof typeof looks;

/** A state as icon, word and colour, never as colour alone. */
export function State({
  name,
  live = false,
}: {
  readonly name: StateName;
  /** Announce changes to screen readers. */ readonly live?: boolean;
}) {
  const { states, words } = useTexts().shared;
  const [icon, tone] = looks[name];
  return (
    <span className={`${styles.state} ${styles[tone]}`} {...(live && { role: "status", "aria-label": words.state })}>
      <span aria-hidden="true">{icon}</span> {states[name]}
    </span>
  );
}
