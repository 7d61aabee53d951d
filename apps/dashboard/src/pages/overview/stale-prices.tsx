import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { queryOf } from "../../api/queries.ts";
import { useFormats } from "../../formats/formats.ts";
import { Section } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";

const shown = 12;

/** Prices older than the last session of their exchange; nothing when all are current. */
export function StalePrices() {
  const { overview: texts, shared } = useTexts();
  const { count } = useFormats();
  const { data } = useQuery({ ...queryOf("listPrices", {}), staleTime: 60_000 });
  const stale = data?.prices.filter(({ sessions_behind }) => sessions_behind > 0) ?? [];
  if (stale.length === 0) return null;
  return (
    <Section title={texts.stale}>
      <ul className="row">
        {stale.slice(0, shown).map(({ ticker, sessions_behind }) => (
          <li key={ticker}>
            <Link to="/prices/$ticker" params={{ ticker }}>
              {ticker}
            </Link>{" "}
            <span className="muted small">{texts.staleBy(shared.counted.sessions(count(sessions_behind)))}</span>
          </li>
        ))}
        {stale.length > shown && (
          <li>
            <Link to="/prices">+{count(stale.length - shown)}</Link>
          </li>
        )}
      </ul>
    </Section>
  );
}
