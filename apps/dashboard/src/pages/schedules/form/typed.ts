import type { Rule } from "./rule.ts";

/** A schedule as the form's fields. */
export interface Typed {
  readonly name: string;
  readonly strategy: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly rule: Rule;
  readonly wait: string;
  readonly catchUp: "latest" | "all" | "none";
  readonly callback: string;
  readonly format: "json" | "slack" | "discord" | "telegram";
  readonly notify: "decision_changed" | "always" | "never";
  readonly minTurnover: string;
}
