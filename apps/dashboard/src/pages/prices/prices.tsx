import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { queryOf } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { useFormats } from "../../formats/formats.ts";
import { isLive } from "../../live/switch.ts";
import { DataTable } from "../../parts/data/data-table.tsx";
import { Code } from "../../parts/data/json-view.tsx";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { Empty } from "../../parts/feedback/notice.tsx";
import { Page } from "../../parts/layout/page.tsx";
import { useStore } from "../../settings/store.ts";
import { useTexts } from "../../texts/texts.ts";
import { Refresh } from "./refresh.tsx";
import { Upload } from "./upload.tsx";

/** Imports and refreshes are not part of the feed. */
const rereadMs = 10_000;

/** The stored prices of each ticker, and whether they are current. */
export function Prices() {
  const { prices: texts, shared } = useTexts();
  const { count, day } = useFormats();
  const live = useStore(isLive);
  const query = useQuery({ ...queryOf("listPrices", {}), refetchInterval: live ? rereadMs : false });
  const mayLoad = useMay("admin");
  return (
    <Page title={texts.title}>
      {mayLoad && <Upload />}
      <Loaded query={query}>
        {({ prices }) =>
          prices.length === 0 ? (
            <Empty title={texts.empty}>
              <p>{texts.emptyText}</p>
              <Code label={texts.empty} text="npm run prices -- fetch SPY QQQ" />
            </Empty>
          ) : (
            <>
              <Refresh />
              <DataTable
                name={texts.title}
                rows={prices}
                keyOf={({ ticker }) => ticker}
                csv="prices"
                columns={[
                  {
                    head: texts.columns.ticker,
                    cell: ({ ticker }) => (
                      <Link to="/prices/$ticker" params={{ ticker }}>
                        {ticker}
                      </Link>
                    ),
                    csv: ({ ticker }) => ticker,
                  },
                  {
                    head: texts.columns.first,
                    cell: ({ first_day }) => day(first_day),
                    csv: ({ first_day }) => first_day,
                    wide: true,
                  },
                  { head: texts.columns.last, cell: ({ last_day }) => day(last_day), csv: ({ last_day }) => last_day },
                  {
                    head: texts.columns.age,
                    cell: ({ sessions_behind: behind }) =>
                      behind === 0 ? (
                        texts.current
                      ) : (
                        <span className="warn">⚠ {texts.behind(shared.counted.sessions(count(behind)))}</span>
                      ),
                    csv: ({ sessions_behind }) => sessions_behind,
                  },
                  {
                    head: texts.columns.rows,
                    cell: ({ rows }) => count(rows),
                    csv: ({ rows }) => rows,
                    number: true,
                    wide: true,
                  },
                  {
                    head: texts.columns.source,
                    cell: ({ source }) => source,
                    csv: ({ source }) => source,
                    wide: true,
                  },
                  {
                    head: texts.columns.exchange,
                    cell: ({ exchange }) => exchange,
                    csv: ({ exchange }) => exchange,
                    wide: true,
                  },
                  {
                    head: texts.columns.holes,
                    cell: ({ warnings }) => count(warnings.filter(isHole).length),
                    csv: ({ warnings }) => warnings.filter(isHole).length,
                    number: true,
                  },
                  {
                    head: texts.columns.remarks,
                    cell: ({ warnings }) => count(warnings.filter((warning) => !isHole(warning)).length),
                    csv: ({ warnings }) => warnings.filter((warning) => !isHole(warning)).length,
                    number: true,
                    wide: true,
                  },
                ]}
              />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

/** Sessions without a price. */
function isHole({ kind }: { readonly kind: string }): boolean {
  return kind === "hole" || kind === "blank_days";
}
