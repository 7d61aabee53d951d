import { useQuery } from "@tanstack/react-query";
import type { Inputs } from "../../api/client.ts";
import { listOf } from "../../api/queries.ts";
import { ButtonLink } from "../../parts/controls/button.tsx";
import { DataTable } from "../../parts/data/data-table.tsx";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { Section } from "../../parts/layout/page.tsx";
import { isLive } from "../../live/switch.ts";
import { useStore } from "../../settings/store.ts";
import { useTexts } from "../../texts/texts.ts";
import { useExecutionColumns } from "../executions/columns.tsx";

const progressEveryMs = 2_000;

/** A short list of executions. */
export function Latest({
  title,
  input,
  empty,
}: {
  readonly title: string;
  readonly input: Inputs["listExecutions"];
  readonly empty: string;
}) {
  const { shared } = useTexts();
  const live = useStore(isLive);
  const query = useQuery({
    ...listOf("listExecutions", input),
    // The feed carries no progress.
    refetchInterval: ({ state }) => (live && state.data?.executions.some(isRunning) === true ? progressEveryMs : false),
  });
  const columns = useExecutionColumns();
  return (
    <Section
      title={title}
      actions={
        <ButtonLink
          kind="quiet"
          to="/executions"
          search={{
            ...(input.status !== undefined && { status: input.status }),
            ...(input.strategy !== undefined && { strategy: input.strategy }),
          }}
        >
          {shared.words.all}
        </ButtonLink>
      }
    >
      <Loaded query={query} shape="text">
        {({ executions }) =>
          executions.length === 0 ? (
            <p className="muted">{empty}</p>
          ) : (
            <DataTable
              name={title}
              rows={executions}
              keyOf={({ execution_id }) => execution_id}
              columns={columns}
              csv={title}
            />
          )
        }
      </Loaded>
    </Section>
  );
}

function isRunning({ status }: { readonly status: string }): boolean {
  return status === "running";
}
