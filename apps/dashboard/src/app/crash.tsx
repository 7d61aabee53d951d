import { Failure } from "../parts/feedback/failure.tsx";
import { Page } from "../parts/layout/page.tsx";
import { useTexts } from "../texts/texts.ts";

/** Stands where a page has a fault, also one that could not be loaded. */
export function Crash({ error, reset }: { readonly error: unknown; readonly reset: () => void }) {
  const { shared } = useTexts();
  return (
    <Page title={shared.failures.failed}>
      <Failure error={error} retry={reset} />
    </Page>
  );
}
