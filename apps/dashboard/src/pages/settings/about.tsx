import { useNavigate } from "@tanstack/react-router";
import { serviceUrl } from "../../api/base-path.ts";
import { signOut, useSession } from "../../api/session.ts";
import { Button } from "../../parts/controls/button.tsx";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { Section } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import styles from "./settings.module.css";

/** The version of the service, the current user, and the licences of the libraries. */
export function About() {
  const { settings, shared, shell } = useTexts();
  const { about } = settings;
  const session = useSession();
  const navigate = useNavigate();
  const leave = async () => {
    await signOut();
    await navigate({ to: "/sign-in" });
  };
  return (
    <Section
      title={about.title}
      actions={session.data?.auth === "on" && <Button onClick={() => void leave()}>{shell.signIn.signOut}</Button>}
    >
      <Loaded query={session} shape="text">
        {({ client, scopes, auth, mode, version, mail, public_url: url }) => (
          <dl className={styles.facts}>
            <dt>{about.version}</dt>
            <dd>{version}</dd>
            <dt>{about.mode}</dt>
            <dd>{mode}</dd>
            <dt>{about.access}</dt>
            <dd>{auth === "on" ? about.withKey : about.open}</dd>
            <dt>{about.client}</dt>
            <dd>
              {client} ({scopes.join(", ")})
            </dd>
            <dt>{about.mail}</dt>
            <dd>{mail ? shared.words.yes : shared.words.no}</dd>
            <dt>PUBLIC_URL</dt>
            <dd>{url ?? "–"}</dd>
          </dl>
        )}
      </Loaded>
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
