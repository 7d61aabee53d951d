import { type ReactNode, useEffect, useId, useRef } from "react";
import { useTexts } from "../../texts/texts.ts";
import { Button } from "./button.tsx";
import styles from "./dialog.module.css";

/** A modal dialog, shown while it is mounted. */
export function Dialog({
  title,
  close,
  children,
  wide = false,
}: {
  readonly title: string;
  readonly close: () => void;
  readonly children: ReactNode;
  readonly wide?: boolean;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current;
    if (element !== null && !element.open) element.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={heading}
      className={wide ? styles.wide : undefined}
      onClose={close}
      onClick={(event) => {
        // The target of a click outside the contents is the dialog itself.
        if (event.target === dialog.current) dialog.current?.close();
      }}
    >
      <div className={styles.content}>
        <h2 id={heading}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

/** Asks for confirmation. */
export function Confirm({
  title,
  action,
  danger = false,
  busy = false,
  disabled = false,
  confirm,
  close,
  children,
}: {
  readonly title: string;
  /** The label of the button that confirms. */
  readonly action: string;
  readonly danger?: boolean;
  readonly busy?: boolean;
  readonly disabled?: boolean;
  readonly confirm: () => void;
  readonly close: () => void;
  readonly children?: ReactNode;
}) {
  const { words } = useTexts().shared;
  return (
    <Dialog title={title} close={close}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          confirm();
        }}
      >
        {children}
        <div className={styles.buttons}>
          <Button onClick={close}>{words.back}</Button>
          <Button type="submit" kind={danger ? "danger" : "main"} disabled={busy || disabled}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
