import { createLink, type LinkComponent } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, ButtonHTMLAttributes } from "react";
import { type Scope, useMay } from "../../api/session.ts";
import styles from "./button.module.css";

interface Look {
  /** `main` for the primary action of a page. */
  readonly kind?: "main" | "plain" | "danger" | "quiet";
  /** The scope that the user's key needs; without it the button is hidden. */
  readonly needs?: Scope;
}

export function Button({
  kind,
  needs = "read",
  className,
  type = "button",
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & Look) {
  const isAllowed = useMay(needs) || needs === "read";
  return isAllowed && <button type={type} className={classOf(kind, className)} {...rest} />;
}

function Anchor({ kind, needs = "read", className, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & Look) {
  const isAllowed = useMay(needs) || needs === "read";
  return isAllowed && <a className={classOf(kind, className)} {...rest} />;
}

/** A link that looks like a button. */
export const ButtonLink: LinkComponent<typeof Anchor> = createLink(Anchor);

/** The same for an address outside the dashboard. */
export const ButtonAnchor = Anchor;

function classOf(kind: Look["kind"] = "plain", more: string | undefined): string {
  return [styles.button, styles[kind], more].filter(Boolean).join(" ");
}
