import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { queryOf } from "../../api/queries.ts";
import { useFormats } from "../../formats/formats.ts";
import { DataTable } from "../../parts/data/data-table.tsx";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { useNow } from "../../parts/feedback/now.ts";
import { Section } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";

/** The five schedules that fire next. */
export function NextFires() {
  const { overview: texts, schedules } = useTexts();
  const formats = useFormats();
  const now = useNow();
  const query = useQuery(queryOf("listSchedules", { limit: 500 }));
  return (
    <Section title={texts.next}>
      <Loaded query={query} shape="text">
        {({ schedules: all }) => {
          const next = all
            .flatMap((schedule) => (schedule.next_at === null ? [] : [{ ...schedule, next_at: schedule.next_at }]))
            .toSorted((a, b) => a.next_at.localeCompare(b.next_at))
            .slice(0, 5);
          if (next.length === 0) return <p className="muted">{texts.noSchedules}</p>;
          return (
            <DataTable
              name={texts.next}
              rows={next}
              keyOf={({ schedule_id }) => schedule_id}
              csv={texts.next}
              columns={[
                {
                  head: schedules.columns.name,
                  cell: ({ schedule_id, name }) => (
                    <Link to="/schedules/$id" params={{ id: String(schedule_id) }}>
                      {name}
                    </Link>
                  ),
                  csv: ({ name }) => name,
                },
                {
                  head: schedules.columns.next,
                  cell: ({ next_at }) => formats.instant(next_at),
                  csv: ({ next_at }) => next_at,
                },
                { head: "", cell: ({ next_at }) => formats.distance(next_at, now), wide: true },
              ]}
            />
          );
        }}
      </Loaded>
    </Section>
  );
}
