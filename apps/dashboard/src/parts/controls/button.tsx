import { createLink, type LinkComponent } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, ButtonHTMLAttributes } from "react";
import styles from "./button.module.css";

type Kind = "main" | "plain" | "danger" | "quiet";

/** A button; `main` for the one that a page is about. */
export function Button({
  kind = "plain",
  className,
  type = "button",
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { readonly kind?: Kind }) {
  return <button type={type} className={classOf(kind, className)} {...rest} />;
}

function Anchor({ kind = "plain", className, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { kind?: Kind }) {
  return <a className={classOf(kind, className)} {...rest} />;
}

/** A link that looks like a button. */
export const ButtonLink: LinkComponent<typeof Anchor> = createLink(Anchor);

/** The same to an address outside the page. */
export const ButtonAnchor = Anchor;

function classOf(kind: Kind, more: string | undefined): string {
  return [styles.button, styles[kind], more].filter(Boolean).join(" ");
}
