import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Outputs } from "../../api/client.ts";
import { queryOf } from "../../api/queries.ts";
import { type Curve, TimeChart } from "../../charts/time-chart.tsx";
import { useFormats } from "../../formats/formats.ts";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { Page, Section } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import styles from "../execution/execution.module.css";
import { Refresh } from "./refresh.tsx";

const route = getRouteApi("/shell/prices/$ticker");

/** The prices of a ticker, and the warnings of its import. */
export function TickerPage() {
  const { ticker } = route.useParams();
  const { prices: texts, shared } = useTexts();
  const { count, day } = useFormats();
  const prices = useQuery(queryOf("getPrices", { ticker }));
  const list = useQuery(queryOf("listPrices", {}));
  const held = list.data?.prices.find((stored) => stored.ticker === ticker);
  return (
    <Page title={ticker} lead={held?.source}>
      <Refresh tickers={[ticker]} />
      <Loaded query={prices} shape="chart">
        {(data) => <Closes prices={data} />}
      </Loaded>
      {held !== undefined && (
        <>
          <Section title={texts.one.facts}>
            <dl className={styles.facts}>
              <dt>{texts.columns.first}</dt>
              <dd>{day(held.first_day)}</dd>
              <dt>{texts.columns.last}</dt>
              <dd>{day(held.last_day)}</dd>
              <dt>{texts.columns.rows}</dt>
              <dd>{count(held.rows)}</dd>
              <dt>{texts.columns.exchange}</dt>
              <dd>{held.exchange}</dd>
              <dt>{texts.columns.age}</dt>
              <dd>
                {held.sessions_behind === 0
                  ? texts.current
                  : texts.behind(shared.counted.sessions(count(held.sessions_behind)))}
              </dd>
            </dl>
          </Section>
          <Section title={texts.one.warnings}>
            {held.warnings.length === 0 ? (
              <p className="muted">{texts.one.noWarnings}</p>
            ) : (
              <ul>
                {held.warnings.map((warning) => (
                  <li key={JSON.stringify(warning)}>{warning.message}</li>
                ))}
              </ul>
            )}
          </Section>
        </>
      )}
    </Page>
  );
}

function Closes({ prices }: { readonly prices: Outputs["getPrices"] }) {
  const { prices: texts } = useTexts();
  const { day, ratio } = useFormats();
  const curves = useMemo<Curve[]>(
    () => [{ label: texts.one.curve, dates: prices.days, values: prices.adj_close }],
    [prices, texts],
  );
  return (
    <TimeChart
      name={texts.one.curve}
      sentence={texts.one.sentence(prices.ticker, day(prices.days[0]), day(prices.days.at(-1)))}
      curves={curves}
      scale="log"
      format={ratio}
    />
  );
}
