import { Failure } from "../parts/feedback/failure.tsx";
import { Page } from "../parts/layout/page.tsx";
import { useTexts } from "../texts/texts.ts";

/** Shown in place of a page that failed to load or to render. */
export function Crash({ error, reset }: { readonly error: unknown; readonly reset: () => void }) {
  const { shared } = useTexts();
  return (
    <Page title={shared.failures.failed}>
      <Failure error={error} retry={reset} />
    </Page>
  );
}
