import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Outputs } from "../../api/client.ts";
import { refusedFields } from "../../api/errors.ts";
import { queryOf, useWrite } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { Field, Fields, Submit } from "../../forms/field.tsx";
import { useFormats } from "../../formats/formats.ts";
import { Button } from "../../parts/controls/button.tsx";
import { CopyButton } from "../../parts/controls/copy-button.tsx";
import { Confirm } from "../../parts/controls/dialog.tsx";
import { DataTable } from "../../parts/data/data-table.tsx";
import { Failure } from "../../parts/feedback/failure.tsx";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { Empty, Notice } from "../../parts/feedback/notice.tsx";
import { Section } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import styles from "./settings.module.css";

type ApiKey = Outputs["listApiKeys"]["api_keys"][number];
const scopes = ["read", "execute", "admin"] as const;

/** API keys, for administrators. The secret of a new key is shown once. */
export function ApiKeys() {
  return useMay("admin") && <Keys />;
}

function Keys() {
  const { keys: texts } = useTexts().settings;
  const { shared } = useTexts();
  const formats = useFormats();
  const query = useQuery(queryOf("listApiKeys", {}));
  const revoke = useWrite("revokeApiKey", ["listApiKeys"]);
  const [revoking, setRevoking] = useState<string | null>(null);
  return (
    <Section title={texts.title}>
      <div className="stack">
        <NewKey />
        {revoke.error !== null && <Failure error={revoke.error} retry={revoke.again} />}
        <Loaded query={query}>
          {({ api_keys: keys }) =>
            keys.length === 0 ? (
              <Empty title={texts.empty} />
            ) : (
              <DataTable<ApiKey>
                name={texts.title}
                rows={keys}
                keyOf={({ prefix }) => prefix}
                csv="api-keys"
                columns={[
                  { head: "ID", cell: ({ prefix }) => <code>{prefix}</code>, csv: ({ prefix }) => prefix },
                  { head: texts.client, cell: ({ client }) => client, csv: ({ client }) => client },
                  { head: texts.scopes, cell: (key) => key.scopes.join(", "), csv: (key) => key.scopes.join(" ") },
                  {
                    head: `${texts.created} (${formats.zoneName})`,
                    cell: ({ created_at }) => formats.shortInstant(created_at),
                    csv: ({ created_at }) => created_at,
                    wide: true,
                  },
                  {
                    head: `${texts.used} (${formats.zoneName})`,
                    cell: ({ last_used_at }) => formats.shortInstant(last_used_at),
                    csv: ({ last_used_at }) => last_used_at,
                    wide: true,
                  },
                  {
                    head: `${texts.expires} (${formats.zoneName})`,
                    cell: ({ expires_at }) => formats.shortInstant(expires_at),
                    csv: ({ expires_at }) => expires_at,
                    wide: true,
                  },
                  {
                    head: <span className="hidden">{shared.words.more}</span>,
                    cell: ({ prefix, revoked_at }) =>
                      revoked_at === null ? (
                        <Button kind="quiet" onClick={() => setRevoking(prefix)}>
                          {texts.revoke}
                        </Button>
                      ) : (
                        <span className="muted">{texts.revoked}</span>
                      ),
                  },
                ]}
              />
            )
          }
        </Loaded>
      </div>
      {revoking !== null && (
        <Confirm
          title={texts.revokeTitle(revoking)}
          action={texts.revoke}
          danger
          close={() => setRevoking(null)}
          confirm={() => {
            revoke.mutate({ prefix: revoking });
            setRevoking(null);
          }}
        >
          <p>{texts.revokeText}</p>
        </Confirm>
      )}
    </Section>
  );
}

function NewKey() {
  const { keys: texts } = useTexts().settings;
  const create = useWrite("createApiKey", ["listApiKeys"]);
  const [client, setClient] = useState("");
  const [scope, setScope] = useState<(typeof scopes)[number]>("execute");
  const [expires, setExpires] = useState("");
  const refused = refusedFields(create.error);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate(
      {
        client,
        scopes: scope === "execute" ? ["read", "execute"] : [scope],
        ...(expires !== "" && { expires_at: `${expires}T00:00:00Z` }),
      },
      { onSuccess: () => setClient("") },
    );
  };
  return (
    <form className="stack" onSubmit={submit}>
      <Fields>
        <Field label={texts.client} error={refused.get("client")}>
          <input
            type="text"
            required
            pattern="[\w.@\-]{1,100}"
            value={client}
            onChange={({ target }) => setClient(target.value)}
          />
        </Field>
        <Field label={texts.scopes}>
          <select value={scope} onChange={({ target }) => setScope(target.value as typeof scope)}>
            {scopes.map((name) => (
              <option key={name} value={name}>
                {name === "execute" ? "read, execute" : name}
              </option>
            ))}
          </select>
        </Field>
        <Field label={texts.expiresHint} error={refused.get("expires_at")}>
          <input type="date" value={expires} onChange={({ target }) => setExpires(target.value)} />
        </Field>
      </Fields>
      <Submit>
        <Button type="submit" disabled={create.isPending}>
          {texts.make}
        </Button>
      </Submit>
      {create.error !== null && <Failure error={create.error} retry={create.again} />}
      {create.data !== undefined && (
        <Notice tone="good">
          {texts.once}
          <span className={styles.secret}>{create.data.key}</span>
          <CopyButton text={create.data.key} />
        </Notice>
      )}
    </form>
  );
}
