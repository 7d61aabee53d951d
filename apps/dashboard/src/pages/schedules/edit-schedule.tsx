import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Outputs } from "../../api/client.ts";
import { queryOf, useWrite } from "../../api/queries.ts";
import type { ParametersSchema } from "../../forms/schema.ts";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { Skeleton } from "../../parts/feedback/skeleton.tsx";
import { Page } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import { ScheduleForm } from "./form/schedule-form.tsx";
import { toChanges, typedSchedule } from "./form/to-definition.ts";

const route = getRouteApi("/shell/schedules/$id/edit");

/** Edits a schedule. The service refuses the change if somebody else edited it in the meantime. */
export function EditSchedule() {
  const { form: texts } = useTexts().schedules;
  const { id } = route.useParams();
  const query = useQuery({ ...queryOf("getSchedule", { schedule_id: Number(id) }), refetchOnMount: "always" });
  const strategy = useQuery({
    ...queryOf("getStrategy", { name: query.data?.strategy_name ?? "" }),
    enabled: query.data !== undefined,
  });
  // What another page has read may be of an earlier version.
  const isCurrent = query.isFetchedAfterMount || query.error !== null;
  return (
    <Page title={texts.editTitle} lead={query.data?.name}>
      {!isCurrent && <Skeleton shape="text" />}
      {isCurrent && (
        <Loaded query={query} shape="text">
          {(schedule) => (
            <Loaded query={strategy} shape="text">
              {({ parameters }) => <Edited now={schedule} schema={parameters as ParametersSchema} />}
            </Loaded>
          )}
        </Loaded>
      )}
    </Page>
  );
}

function Edited({ now, schema }: { readonly now: Outputs["getSchedule"]; readonly schema: ParametersSchema }) {
  const { form: texts } = useTexts().schedules;
  const navigate = useNavigate();
  // The version must be that of the fields, whatever is read while the user types.
  const [schedule] = useState(now);
  const update = useWrite("updateSchedule", ["getSchedule", "listSchedules"]);
  const { schedule_id, version } = schedule;
  return (
    <ScheduleForm
      first={typedSchedule(schedule, schema)}
      action={texts.save}
      busy={update.isPending}
      error={update.error}
      again={update.again}
      submit={(definition) =>
        update.mutate(
          { schedule_id, version, ...toChanges(schedule, definition) },
          { onSuccess: () => void navigate({ to: "/schedules/$id", params: { id: String(schedule_id) } }) },
        )
      }
    />
  );
}
