import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { queryOf, useWrite } from "../../api/queries.ts";
import { useSession } from "../../api/session.ts";
import { type ParametersSchema, toText } from "../../forms/schema.ts";
import { typedOf } from "../../forms/typed-search.ts";
import { Skeleton } from "../../parts/feedback/skeleton.tsx";
import { Page } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import { ruleOf } from "./form/rule.ts";
import { ScheduleForm } from "./form/schedule-form.tsx";
import { typedSchedule, usual } from "./form/to-definition.ts";
import { formats, type Typed } from "./form/typed.ts";

const route = getRouteApi("/shell/schedules/new");

/** Creates a schedule: empty, for a strategy, from an execution, or as a copy of another schedule. */
export function NewSchedule() {
  const { form: texts } = useTexts().schedules;
  const navigate = useNavigate();
  const first = useFirst();
  const create = useWrite("createSchedule", ["listSchedules"]);
  return (
    <Page title={texts.newTitle}>
      {first === null ? (
        <Skeleton shape="text" />
      ) : (
        <ScheduleForm
          first={first}
          action={texts.create}
          busy={create.isPending}
          error={create.error}
          again={create.again}
          submit={(definition) =>
            create.mutate(definition, {
              onSuccess: ({ schedule_id }) =>
                void navigate({ to: "/schedules/$id", params: { id: String(schedule_id) } }),
            })
          }
        />
      )}
    </Page>
  );
}

/** The initial values of the form; null while they are loading. */
function useFirst(): Typed | null {
  const search = route.useSearch();
  const { copy, from } = search;
  const session = useSession();
  const schedule = useQuery({
    ...queryOf("getSchedule", { schedule_id: Number(copy) }),
    enabled: copy !== undefined,
  });
  const execution = useQuery({
    ...queryOf("getExecution", { execution_id: Number(from) }),
    enabled: from !== undefined,
  });
  const name = schedule.data?.strategy_name ?? execution.data?.strategy ?? search.strategy ?? "BoldAssetAllocation";
  const strategy = useQuery(queryOf("getStrategy", { name }));
  if (strategy.data === undefined) return null;
  const schema = strategy.data.parameters as ParametersSchema;
  if (copy !== undefined) {
    if (schedule.data === undefined || session.data === undefined) return null;
    const copied = typedSchedule(schedule.data, schema);
    // Administrators see such an address of another client masked.
    const isMasked = copied.format !== "json" && schedule.data.client !== session.data.client;
    return { ...copied, name: `${copied.name} 2`, ...(isMasked && { callback: "" }) };
  }
  if (from !== undefined && execution.data === undefined) return null;
  const { properties = {} } = schema;
  const ran = Object.entries(execution.data?.execution_parameters ?? {}).flatMap(([field, value]) => {
    const isDefault = value === null || JSON.stringify(value) === JSON.stringify(properties[field]?.default);
    // The dates of the execution are left out: a schedule sets its own.
    const isDateOfRun = field === "end_date" || field === "prices_until";
    return isDefault || isDateOfRun ? [] : [[field, toText(value, properties[field] ?? {})] as const];
  });
  return {
    name: execution.data?.label ?? search.label ?? "",
    strategy: name,
    parameters: { ...typedOf(search), ...Object.fromEntries(ran) },
    rule: ruleOf(search),
    wait: "720",
    catchUp: "latest",
    callback: search.callback ?? "",
    format: formats.find((known) => known === search.format) ?? "json",
    notify: "decision_changed",
    minTurnover: "0",
    unshown: { ...usual, ...(search.attempts !== undefined && { maxAttempts: Number(search.attempts) }) },
  };
}
