import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { queryOf } from "../../api/queries.ts";
import { DataTable } from "../../parts/data/data-table.tsx";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { Page } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";

/** All strategies of the service. */
export function Strategies() {
  const { strategies: texts } = useTexts();
  const query = useQuery(queryOf("listStrategies", {}));
  const [text, setText] = useState("");
  const wanted = text.trim().toLowerCase();
  return (
    <Page
      title={texts.title}
      actions={
        <input
          type="search"
          aria-label={texts.find}
          placeholder={texts.find}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      }
    >
      <Loaded query={query}>
        {({ strategies }) => (
          <DataTable
            name={texts.title}
            rows={strategies.filter(({ name, description }) => `${name} ${description}`.toLowerCase().includes(wanted))}
            keyOf={({ name }) => name}
            csv="strategies"
            columns={[
              {
                head: texts.columns.name,
                cell: ({ name }) => (
                  <Link to="/strategies/$name" params={{ name }}>
                    {name}
                  </Link>
                ),
                csv: ({ name }) => name,
              },
              { head: texts.columns.family, cell: ({ family }) => family, csv: ({ family }) => family, wide: true },
              {
                head: texts.columns.decides,
                cell: ({ schedule }) => (schedule === null ? "–" : (texts.schedules[schedule] ?? schedule)),
                csv: ({ schedule }) => schedule,
              },
              {
                head: texts.columns.description,
                cell: ({ description }) => description,
                csv: ({ description }) => description,
                wide: true,
              },
            ]}
          />
        )}
      </Loaded>
    </Page>
  );
}
