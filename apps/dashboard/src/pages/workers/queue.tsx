import { useQuery } from "@tanstack/react-query";
import type { Outputs } from "../../api/client.ts";
import { queryOf } from "../../api/queries.ts";
import { useFormats } from "../../formats/formats.ts";
import { isLive } from "../../live/switch.ts";
import { DataTable } from "../../parts/data/data-table.tsx";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { Section } from "../../parts/layout/page.tsx";
import { useStore } from "../../settings/store.ts";
import { useTexts } from "../../texts/texts.ts";

type Total = Outputs["getQueue"]["queues"][number];
type Group = Outputs["getQueue"]["groups"][number];

/** How many executions, steps of sweeps and callbacks wait, and whose they are. */
export function Queue() {
  const { workers: texts } = useTexts();
  const { count, duration } = useFormats();
  const live = useStore(isLive);
  const query = useQuery({ ...queryOf("getQueue", {}), refetchInterval: live ? 2_000 : false });
  const { columns, queues: names } = texts;
  const depth = {
    head: columns.depth,
    cell: ({ depth: waiting }: { readonly depth: number }) => count(waiting),
    csv: ({ depth: waiting }: { readonly depth: number }) => waiting,
    number: true,
  };
  const oldest = {
    head: columns.oldest,
    cell: ({ oldest_age_seconds: age }: { readonly oldest_age_seconds: number | null }) =>
      duration(age === null ? null : age * 1_000),
    csv: ({ oldest_age_seconds: age }: { readonly oldest_age_seconds: number | null }) => age,
    name: `${columns.oldest} (s)`,
    number: true,
  };
  return (
    <Loaded query={query}>
      {({ queues, groups }) => (
        <>
          <Section title={texts.queue} note={texts.queueNote}>
            <DataTable<Total>
              name={texts.queue}
              rows={queues}
              keyOf={({ queue }) => queue}
              csv="queue"
              columns={[
                { head: columns.queue, cell: ({ queue }) => names[queue], csv: ({ queue }) => queue },
                depth,
                oldest,
              ]}
            />
          </Section>
          {groups.length > 0 && (
            <Section title={texts.groups}>
              <DataTable<Group>
                name={texts.groups}
                rows={groups}
                keyOf={({ queue, client, priority }) => `${queue} ${client} ${priority}`}
                csv="queue-by-client"
                columns={[
                  { head: columns.queue, cell: ({ queue }) => names[queue], csv: ({ queue }) => queue },
                  { head: columns.client, cell: ({ client }) => client, csv: ({ client }) => client },
                  {
                    head: columns.priority,
                    cell: ({ priority }) => texts.priorities[priority],
                    csv: ({ priority }) => priority,
                  },
                  depth,
                  oldest,
                ]}
              />
            </Section>
          )}
        </>
      )}
    </Loaded>
  );
}
