import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Outputs } from "../../api/client.ts";
import { queryOf } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { useFormats } from "../../formats/formats.ts";
import { isLive } from "../../live/switch.ts";
import { DataTable } from "../../parts/data/data-table.tsx";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { State } from "../../parts/feedback/state.tsx";
import { Section } from "../../parts/layout/page.tsx";
import { useStore } from "../../settings/store.ts";
import { useTexts } from "../../texts/texts.ts";

type Receiver = Outputs["listReceivers"]["receivers"][number];

/** Receivers of callbacks, those with an open circuit first. Administrators only. */
export function Receivers() {
  return useMay("admin") && <Table />;
}

function Table() {
  const { deliveries } = useTexts();
  const { receiver: texts } = deliveries;
  const { count, duration, instant } = useFormats();
  const live = useStore(isLive);
  const query = useQuery({ ...queryOf("listReceivers", {}), refetchInterval: live ? 5_000 : false });
  return (
    <Section title={deliveries.receivers}>
      <Loaded query={query} shape="text">
        {({ receivers }) =>
          receivers.length === 0 ? (
            <p className="muted">{texts.none}</p>
          ) : (
            <DataTable<Receiver>
              name={deliveries.receivers}
              rows={receivers}
              keyOf={({ origin }) => origin}
              csv="receivers"
              columns={[
                {
                  head: texts.origin,
                  cell: ({ origin }) => (
                    <Link to="/deliveries" search={{ receiver: origin }} aria-label={texts.show(origin)}>
                      <code>{origin}</code>
                    </Link>
                  ),
                  csv: ({ origin }) => origin,
                },
                {
                  head: texts.circuit,
                  cell: ({ circuit, open_until }) => (
                    <>
                      <State name={circuit} />{" "}
                      {open_until !== null && <span className="small muted">{texts.until(instant(open_until))}</span>}
                    </>
                  ),
                  csv: ({ circuit }) => circuit,
                },
                {
                  head: texts.failures,
                  cell: ({ failures }) => (failures === null ? "–" : count(failures)),
                  csv: ({ failures }) => failures,
                  number: true,
                },
                {
                  head: texts.latency,
                  cell: ({ latency_ms }) => duration(latency_ms),
                  csv: ({ latency_ms }) => latency_ms,
                  name: `${texts.latency} (ms)`,
                  number: true,
                  wide: true,
                },
                {
                  head: texts.underWay,
                  cell: ({ under_way }) => count(under_way),
                  csv: ({ under_way }) => under_way,
                  number: true,
                  wide: true,
                },
                {
                  head: texts.delivered,
                  cell: ({ delivered_at }) => instant(delivered_at),
                  csv: ({ delivered_at }) => delivered_at,
                  wide: true,
                },
                {
                  head: texts.failed,
                  cell: ({ failed_at }) => instant(failed_at),
                  csv: ({ failed_at }) => failed_at,
                  wide: true,
                },
              ]}
            />
          )
        }
      </Loaded>
    </Section>
  );
}
