import { serviceUrl } from "../../api/base-path.ts";
import { Section } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";

/** What this is, and whose work is in it. */
export function About() {
  const { about } = useTexts().settings;
  return (
    <Section title={about.title}>
      <p>
        <a href={serviceUrl("/docs")}>{about.api}</a>
      </p>
      <h3>{about.licences}</h3>
      <p className="small muted">
        {about.licencesText} <a href="https://www.tradingview.com/">{about.attribution}</a>
      </p>
    </Section>
  );
}
