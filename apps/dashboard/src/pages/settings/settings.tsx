import { Page } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import { About } from "./about.tsx";
import { ApiKeys } from "./api-keys.tsx";
import { Appearance } from "./appearance.tsx";
import { ExchangeDays } from "./exchange-days.tsx";
import { SigningSecrets } from "./signing-secrets.tsx";

/** Appearance, API keys, signing secrets, and the version of the service. */
export function SettingsPage() {
  const { settings } = useTexts();
  return (
    <Page title={settings.title}>
      <Appearance />
      <ExchangeDays />
      <ApiKeys />
      <SigningSecrets />
      <About />
    </Page>
  );
}
