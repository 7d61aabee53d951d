import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { listOf } from "../../api/queries.ts";
import { useFormats } from "../../formats/formats.ts";
import { useReread } from "../../live/use-news.ts";
import { ButtonLink } from "../../parts/controls/button.tsx";
import { DataTable } from "../../parts/data/data-table.tsx";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { Empty } from "../../parts/feedback/notice.tsx";
import { State } from "../../parts/feedback/state.tsx";
import { Page } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";

const route = getRouteApi("/shell/sweeps");

/** All sweeps, newest first. */
export function Sweeps() {
  const { sweeps: texts, executions, shared } = useTexts();
  const { count } = useFormats();
  const { cursor } = route.useSearch();
  const query = useQuery(listOf("listSweeps", { limit: 50, ...(cursor !== undefined && { cursor }) }));
  useReread(["listSweeps"]);
  return (
    <Page
      title={texts.title}
      actions={
        <ButtonLink needs="execute" kind="main" to="/sweeps/new">
          {texts.newSweep}
        </ButtonLink>
      }
    >
      <Loaded query={query}>
        {({ sweeps, next_cursor }) =>
          sweeps.length === 0 ? (
            <Empty
              title={texts.empty}
              actions={
                <ButtonLink needs="execute" kind="main" to="/sweeps/new">
                  {texts.make}
                </ButtonLink>
              }
            >
              <p>{texts.emptyText}</p>
            </Empty>
          ) : (
            <DataTable
              name={texts.title}
              rows={sweeps}
              keyOf={({ execution_id }) => execution_id}
              csv="sweeps"
              footer={
                <>
                  {cursor !== undefined && <ButtonLink to="/sweeps">{shared.words.newest}</ButtonLink>}
                  {next_cursor !== null && (
                    <ButtonLink to="/sweeps" search={{ cursor: next_cursor }}>
                      {executions.older}
                    </ButtonLink>
                  )}
                </>
              }
              columns={[
                {
                  head: texts.columns.number,
                  cell: ({ execution_id }) => (
                    <Link to="/sweeps/$id" params={{ id: String(execution_id) }}>
                      {execution_id}
                    </Link>
                  ),
                  csv: ({ execution_id }) => execution_id,
                },
                {
                  head: texts.columns.what,
                  cell: ({ label, strategy }) => label ?? strategy,
                  csv: ({ label, strategy }) => label ?? strategy,
                },
                {
                  head: texts.columns.varies,
                  cell: ({ grid }) => Object.keys(grid?.axes ?? {}).join(", "),
                  csv: ({ grid }) => Object.keys(grid?.axes ?? {}).join(" "),
                  wide: true,
                },
                {
                  head: texts.columns.state,
                  cell: ({ status, progress }) => (
                    <>
                      <State name={status} />
                      {status === "running" && progress !== undefined && (
                        <progress value={progress.fraction} aria-label={progress.phase} />
                      )}
                    </>
                  ),
                  csv: ({ status }) => status,
                },
                {
                  head: texts.columns.combinations,
                  cell: ({ combinations }) => count(combinations),
                  csv: ({ combinations }) => combinations,
                  number: true,
                },
                { head: texts.columns.objective, cell: ({ objective }) => objective, wide: true },
              ]}
            />
          )
        }
      </Loaded>
    </Page>
  );
}
