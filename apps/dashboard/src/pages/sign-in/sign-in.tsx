import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { type FormEvent, useId, useState } from "react";
import { signIn } from "../../api/session.ts";
import { Button } from "../../parts/controls/button.tsx";
import { Notice } from "../../parts/feedback/notice.tsx";
import { useTexts } from "../../texts/texts.ts";
import styles from "./sign-in.module.css";

const route = getRouteApi("/sign-in");

/** Asks for an API key, then returns to the page that required it. */
export function SignIn() {
  const { shell, shared } = useTexts();
  const { back } = route.useSearch();
  const router = useRouter();
  const queries = useQueryClient();
  const key = useId();
  const [state, setState] = useState<"idle" | "busy" | Exclude<Awaited<ReturnType<typeof signIn>>, "signed in">>(
    "idle",
  );
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget).get("key");
    setState("busy");
    const outcome = await signIn(String(given)).catch(() => "unreachable" as const);
    if (outcome !== "signed in") return setState(outcome);
    queries.clear();
    // The address is without the base path. With it, a link cannot lead to another site.
    router.history.push(router.basepath + (back?.startsWith("/") === true ? back : "/"));
  };
  return (
    <main className={styles.page}>
      <title>{`${shell.signIn.title} · Strategy executor`}</title>
      <form className={styles.form} onSubmit={(event) => void submit(event)}>
        <h1>{shell.signIn.title}</h1>
        <label htmlFor={key}>{shell.signIn.key}</label>
        {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- the only field of the page */}
        <input id={key} name="key" type="password" required autoFocus autoComplete="current-password" />
        <Button type="submit" kind="main" disabled={state === "busy"}>
          {shell.signIn.submit}
        </Button>
        {state === "refused" && <Notice tone="bad">{shell.signIn.refused}</Notice>}
        {state === "unreachable" && <Notice tone="bad">{shared.failures.unreachable}</Notice>}
        {typeof state === "object" && <Notice tone="bad">{shell.signIn.tooMany(state.retryAfter)}</Notice>}
        <p className="small muted">
          {shell.signIn.hint} <code>npm run keys -- create NAME</code>
        </p>
        <p className="small muted">{shell.signIn.note}</p>
      </form>
    </main>
  );
}
