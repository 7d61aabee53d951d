import { useEffect } from "react";
import { reportUnreachable } from "../api/connection.ts";
import { failureOf } from "../api/errors.ts";
import { Failure } from "../parts/feedback/failure.tsx";
import { Page } from "../parts/layout/page.tsx";
import { useTexts } from "../texts/texts.ts";

/** Shown in place of a page that failed to load or to render. A page whose code could not be loaded comes back with the service. */
export function Crash({ error, reset }: { readonly error: unknown; readonly reset: () => void }) {
  const { shared } = useTexts();
  const isUnreachable = failureOf(error).kind === "unreachable";
  useEffect(() => (isUnreachable ? reportUnreachable(() => location.reload()) : undefined), [isUnreachable]);
  return (
    <Page title={isUnreachable ? shared.failures.unreachable : shared.failures.failed}>
      {!isUnreachable && <Failure error={error} retry={reset} />}
    </Page>
  );
}
