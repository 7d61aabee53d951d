import { type ReactElement, type ReactNode, cloneElement, useId } from "react";
import styles from "./forms.module.css";

interface Described {
  readonly id?: string;
  readonly "aria-describedby"?: string;
  readonly "aria-invalid"?: boolean;
}

/** An input with its label, error and hint. */
export function Field({
  label,
  hint,
  error,
  children,
}: {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  /** The input itself. */
  readonly children: ReactElement<Described>;
}) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {cloneElement(children, {
        id,
        "aria-describedby": error === undefined ? `${id}-hint` : `${id}-error ${id}-hint`,
        "aria-invalid": error !== undefined,
      })}
      {error !== undefined && (
        <p id={`${id}-error`} className={styles.error}>
          {error}
        </p>
      )}
      <p id={`${id}-hint`} className={styles.hint}>
        {hint}
      </p>
    </div>
  );
}

/** Fields in a row. */
export function Fields({ children }: { readonly children: ReactNode }) {
  return <div className={styles.fields}>{children}</div>;
}

/** The buttons at the end of a form. */
export function Submit({ children }: { readonly children: ReactNode }) {
  return <div className={styles.submit}>{children}</div>;
}
