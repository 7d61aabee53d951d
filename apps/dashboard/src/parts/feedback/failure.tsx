import { Link } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useState } from "react";
import { failureOf } from "../../api/errors.ts";
import { useTexts } from "../../texts/texts.ts";
import { Button } from "../controls/button.tsx";
import styles from "./notice.module.css";

/** An error message with what the user can do about it. */
export function Failure({ error, retry }: { readonly error: unknown; readonly retry?: (() => void) | undefined }) {
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
      return retry === undefined ? (
        <Notice title={failures.busyNow} detail={failure.message} />
      ) : (
        <Busy error={error} message={failure.message} seconds={failure.retryAfter} retry={retry} />
      );
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
  error,
  message,
  seconds,
  retry,
}: {
  readonly error: unknown;
  readonly message: string;
  readonly seconds: number;
  readonly retry: () => void;
}) {
  const { failures } = useTexts().shared;
  const [left, setLeft] = useState(seconds);
  const goOn = useEffectEvent(retry);
  useEffect(() => {
    // Busy once more: it counts down anew.
    const end = Date.now() + seconds * 1_000;
    setLeft(seconds);
    const timer = setInterval(() => {
      const rest = Math.max(0, Math.ceil((end - Date.now()) / 1_000));
      setLeft(rest);
      if (rest > 0) return;
      clearInterval(timer);
      goOn();
    }, 1_000);
    return () => clearInterval(timer);
  }, [error, seconds]);
  return <Notice title={failures.busy(left)} detail={message} />;
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
