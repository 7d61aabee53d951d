import { Page } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import { Callbacks } from "./callbacks.tsx";
import { Receivers } from "./receivers.tsx";

/** Deliveries of callbacks for all executions. */
export function Deliveries() {
  const { deliveries: texts } = useTexts();
  return (
    <Page title={texts.title} lead={texts.lead}>
      <Callbacks />
      <Receivers />
    </Page>
  );
}
