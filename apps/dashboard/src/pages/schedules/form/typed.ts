import type { Rule } from "./rule.ts";

/** The forms of a callback's body. */
export const formats = ["json", "slack", "discord", "telegram"] as const;

/** What a schedule has and the form does not show. An edit and a copy keep it. */
export interface Unshown {
  readonly label: string | null;
  readonly priority: "low" | "normal" | "high";
  readonly catchUpHours: number;
  readonly refresh: boolean;
  readonly maxAttempts: number;
}

/** A schedule as the form's fields. */
export interface Typed {
  readonly name: string;
  readonly strategy: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly rule: Rule;
  readonly wait: string;
  readonly catchUp: "latest" | "all" | "none";
  readonly callback: string;
  readonly format: (typeof formats)[number];
  readonly notify: "decision_changed" | "always" | "never";
  readonly minTurnover: string;
  readonly unshown: Unshown;
}
