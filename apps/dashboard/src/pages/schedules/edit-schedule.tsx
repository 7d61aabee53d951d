import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { queryOf, useWrite } from "../../api/queries.ts";
import type { ParametersSchema } from "../../forms/schema.ts";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { Page } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import { ScheduleForm } from "./form/schedule-form.tsx";
import { typedSchedule } from "./form/to-definition.ts";

const route = getRouteApi("/shell/schedules/$id/edit");

/** Edits a schedule. The service refuses the change if somebody else edited it in the meantime. */
export function EditSchedule() {
  const { form: texts } = useTexts().schedules;
  const { id } = route.useParams();
  const navigate = useNavigate();
  const query = useQuery({
    ...queryOf("getSchedule", { schedule_id: Number(id) }),
    // Do not overwrite the form while the user types.
    refetchOnWindowFocus: false,
  });
  const strategy = useQuery({
    ...queryOf("getStrategy", { name: query.data?.strategy_name ?? "" }),
    enabled: query.data !== undefined,
  });
  const update = useWrite("updateSchedule", ["getSchedule", "listSchedules"]);
  return (
    <Page title={texts.editTitle} lead={query.data?.name}>
      <Loaded query={query} shape="text">
        {(schedule) => (
          <Loaded query={strategy} shape="text">
            {({ parameters }) => (
              <ScheduleForm
                first={typedSchedule(schedule, parameters as ParametersSchema)}
                action={texts.save}
                busy={update.isPending}
                error={update.error}
                again={update.again}
                submit={(definition) =>
                  update.mutate(
                    { schedule_id: schedule.schedule_id, version: schedule.version, ...definition },
                    { onSuccess: () => void navigate({ to: "/schedules/$id", params: { id } }) },
                  )
                }
              />
            )}
          </Loaded>
        )}
      </Loaded>
    </Page>
  );
}
