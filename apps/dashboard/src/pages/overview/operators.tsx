import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { queryOf } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { useFormats } from "../../formats/formats.ts";
import { Section } from "../../parts/layout/page.tsx";
import { ButtonLink } from "../../parts/controls/button.tsx";
import { useTexts } from "../../texts/texts.ts";

const rereadMs = 10_000;

/** What only administrators see: receivers whose circuit is open, and the workers. */
export function ForOperators() {
  return (
    useMay("admin") && (
      <>
        <OpenCircuits />
        <WorkersNow />
      </>
    )
  );
}

/** Nothing while all circuits are closed. */
function OpenCircuits() {
  const { overview: texts } = useTexts();
  const { instant } = useFormats();
  const { data } = useQuery({ ...queryOf("listReceivers", {}), refetchInterval: rereadMs });
  const open = data?.receivers.filter(({ circuit }) => circuit === "open") ?? [];
  if (open.length === 0) return null;
  return (
    <Section title={texts.circuits}>
      <ul className="row">
        {open.map(({ origin, open_until }) => (
          <li key={origin}>
            <Link to="/deliveries" search={{ receiver: origin }}>
              {origin}
            </Link>{" "}
            {open_until !== null && <span className="muted small">{texts.openUntil(instant(open_until))}</span>}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function WorkersNow() {
  const { overview: texts } = useTexts();
  const { count } = useFormats();
  const { data } = useQuery({ ...queryOf("listWorkers", {}), refetchInterval: rereadMs });
  const { data: queue } = useQuery({ ...queryOf("getQueue", {}), refetchInterval: rereadMs });
  if (data === undefined || queue === undefined) return null;
  const alive = data.workers.filter(({ state }) => state === "alive");
  const lost = data.workers.length - alive.length;
  const sum = (values: readonly number[]): string => count(values.reduce((total, value) => total + value, 0));
  return (
    <Section
      title={texts.workers}
      actions={
        <ButtonLink kind="quiet" to="/workers">
          {texts.workersAll}
        </ButtonLink>
      }
    >
      <p>
        {alive.length === 0 ? (
          <span className="bad">{texts.noWorkers}</span>
        ) : (
          texts.workersNow(
            count(alive.length),
            sum(alive.map(({ threads_busy }) => threads_busy)),
            sum(alive.map(({ threads }) => threads)),
            sum(queue.queues.map(({ depth }) => depth)),
          )
        )}
        {lost > 0 && <span className="warn"> · {texts.workersLost(count(lost))}</span>}
      </p>
    </Section>
  );
}
