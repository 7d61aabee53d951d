import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Outputs } from "../../api/client.ts";
import { queryOf, useWrite } from "../../api/queries.ts";
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

type Secret = Outputs["listSigningSecrets"]["secrets"][number];

/** The signing secrets of callbacks. A new secret is shown once. */
export function SigningSecrets() {
  const { settings, shared } = useTexts();
  const texts = settings.secrets;
  const formats = useFormats();
  const query = useQuery(queryOf("listSigningSecrets", {}));
  const [ending, setEnding] = useState<string | null>(null);
  const create = useWrite("createSigningSecret", ["listSigningSecrets"]);
  const rotate = useWrite("rotateSigningSecret", ["listSigningSecrets"]);
  const end = useWrite("endSigningSecret", ["listSigningSecrets"]);
  const refused = [create, rotate, end].find(({ error }) => error !== null);
  const made = rotate.data ?? create.data;
  return (
    <Section
      title={texts.title}
      note={texts.note}
      actions={
        <Button needs="execute" disabled={create.isPending} onClick={() => create.mutate({ version: "v1" })}>
          {texts.make}
        </Button>
      }
    >
      <div className="stack">
        {refused !== undefined && <Failure error={refused.error} retry={refused.again} />}
        {made !== undefined && (
          <Notice tone="good">
            {made.secret === null ? texts.publicKey : texts.once}
            <span className={styles.secret}>{made.secret ?? made.public_key}</span>
            <CopyButton text={made.secret ?? made.public_key ?? ""} />
          </Notice>
        )}
        <Loaded query={query}>
          {({ secrets }) =>
            secrets.length === 0 ? (
              <Empty title={texts.empty} />
            ) : (
              <DataTable<Secret>
                name={texts.title}
                rows={secrets}
                keyOf={({ secret_id }) => secret_id}
                csv="signing-secrets"
                columns={[
                  { head: "ID", cell: ({ secret_id }) => <code>{secret_id}</code>, csv: ({ secret_id }) => secret_id },
                  { head: texts.version, cell: ({ version }) => version, csv: ({ version }) => version, wide: true },
                  {
                    head: `${texts.created} (${formats.zoneName})`,
                    cell: ({ created_at }) => formats.shortInstant(created_at),
                    wide: true,
                  },
                  {
                    head: `${texts.ends} (${formats.zoneName})`,
                    cell: ({ ends_at }) => formats.shortInstant(ends_at),
                    wide: true,
                  },
                  { head: texts.active, cell: ({ active }) => (active ? shared.words.yes : shared.words.no) },
                  {
                    head: <span className="hidden">{shared.words.more}</span>,
                    cell: ({ secret_id, version, active }) =>
                      active && (
                        <div className="row">
                          <Button needs="execute" kind="quiet" onClick={() => rotate.mutate({ version })}>
                            {texts.rotate}
                          </Button>
                          <Button needs="execute" kind="quiet" onClick={() => setEnding(secret_id)}>
                            {texts.end}
                          </Button>
                        </div>
                      ),
                  },
                ]}
              />
            )
          }
        </Loaded>
      </div>
      {ending !== null && (
        <Confirm
          title={texts.endTitle(ending)}
          action={texts.end}
          danger
          close={() => setEnding(null)}
          confirm={() => {
            end.mutate({ secret_id: ending });
            setEnding(null);
          }}
        >
          <p>{texts.endText}</p>
        </Confirm>
      )}
    </Section>
  );
}
