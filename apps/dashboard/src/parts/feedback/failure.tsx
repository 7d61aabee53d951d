import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { failureOf } from "../../api/errors.ts";
import { useTexts } from "../../texts/texts.ts";
import { Button } from "../controls/button.tsx";
import styles from "./notice.module.css";

/** An error message with what the user can do about it. */
export function Failure({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  const { failures, words } = useTexts().shared;
  const failure = failureOf(error);
  const again = retry !== undefined && (
    <Button kind="quiet" onClick={retry}>
      {words.tryAgain}
    </Button>
  );
  switch (failure.kind) {
    case "signed out":
      return null;
    case "unreachable":
      return <Notice title={failures.unreachable} />;
    case "busy":
      return <Busy message={failure.message} seconds={failure.retryAfter} retry={retry} />;
    case "not found":
      return (
        <Notice title={failures.notFound} detail={failure.message}>
          <Link to="/">{failures.back}</Link>
        </Notice>
      );
    case "forbidden":
      return <Notice title={failures.forbidden} detail={failure.message} />;
    case "refused":
      return (
        <Notice title={failures.refused} detail={failure.fields.length > 0 ? undefined : failure.message}>
          {failure.fields.length > 0 && (
            <ul>
              {failure.fields.map(({ path, message }) => (
                <li key={path + message}>
                  <code>{path}</code> {message}
                </li>
              ))}
            </ul>
          )}
        </Notice>
      );
    case "failed":
      return (
        <Notice title={failures.failed} detail={failure.message}>
          {again}
        </Notice>
      );
  }
}

/** Counts down to the time that the service gave, then retries. */
function Busy({
  message,
  seconds,
  retry,
}: {
  readonly message: string;
  readonly seconds: number;
  readonly retry: (() => void) | undefined;
}) {
  const { failures } = useTexts().shared;
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    if (left <= 0) return retry?.();
    const timer = setTimeout(() => setLeft(left - 1), 1_000);
    return () => clearTimeout(timer);
  }, [left, retry]);
  return <Notice title={failures.busy(Math.max(left, 0))} detail={message} />;
}

function Notice({
  title,
  detail,
  children,
}: {
  readonly title: string;
  readonly detail?: string | undefined;
  readonly children?: React.ReactNode;
}) {
  return (
    <div className={styles.bad} role="alert">
      <strong>{title}</strong>
      {detail !== undefined && <p>{detail}</p>}
      {children}
    </div>
  );
}
