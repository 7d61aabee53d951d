import { ButtonLink } from "../parts/controls/button.tsx";
import { Empty } from "../parts/feedback/notice.tsx";
import { Page } from "../parts/layout/page.tsx";
import { useTexts } from "../texts/texts.ts";

/** Shown for an unknown address. */
export function Missing() {
  const { shell, shared } = useTexts();
  return (
    <Page title={shell.missing.title}>
      <Empty title={shell.missing.text} actions={<ButtonLink to="/">{shared.failures.back}</ButtonLink>} />
    </Page>
  );
}
