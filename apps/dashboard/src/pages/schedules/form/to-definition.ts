import type { Inputs, Outputs } from "../../../api/client.ts";
import { type ParametersSchema, toText } from "../../../forms/schema.ts";
import { typedRule, type WhenInput } from "./rule.ts";
import type { Typed, Unshown } from "./typed.ts";

type Schedule = Outputs["getSchedule"];
type Definition = Inputs["createSchedule"];

/** The defaults of the service. */
export const usual: Unshown = { label: null, priority: "high", catchUpHours: 168, refresh: true, maxAttempts: 1 };

/** A schedule as the API takes it. */
export function toDefinition(typed: Typed, parameters: Readonly<Record<string, unknown>>, when: WhenInput): Definition {
  const { unshown } = typed;
  const url = typed.callback.trim();
  return {
    name: typed.name,
    strategy_name: typed.strategy,
    parameters,
    label: unshown.label,
    priority: unshown.priority,
    when,
    prices: { refresh: unshown.refresh, wait_minutes: Number(typed.wait) },
    catch_up: typed.catchUp,
    catch_up_hours: unshown.catchUpHours,
    callback:
      url === ""
        ? null
        : {
            url,
            format: typed.format,
            max_attempts: unshown.maxAttempts,
            when: typed.notify,
            min_turnover: Number(typed.minTurnover),
          },
  };
}

/** An edit of a schedule. A callback that stays is left out: its address may be masked for the reader. */
export function toChanges({ callback: held }: Schedule, { callback, ...others }: Definition): Definition {
  const stays =
    callback == null || held === null
      ? callback === held
      : (Object.keys(held) as (keyof typeof held)[]).every((field) => callback[field] === held[field]);
  return stays ? others : { callback, ...others };
}

/** The fields of a stored schedule. */
export function typedSchedule(schedule: Schedule, { properties = {} }: ParametersSchema): Typed {
  const { callback } = schedule;
  return {
    name: schedule.name,
    strategy: schedule.strategy_name,
    parameters: Object.fromEntries(
      Object.entries(schedule.parameters).map(([name, value]) => [name, toText(value, properties[name] ?? {})]),
    ),
    rule: typedRule(schedule.when),
    wait: String(schedule.prices.wait_minutes),
    catchUp: schedule.catch_up,
    callback: callback?.url ?? "",
    format: callback?.format ?? "json",
    notify: callback?.when ?? "decision_changed",
    minTurnover: String(callback?.min_turnover ?? 0),
    unshown: {
      label: schedule.label,
      priority: schedule.priority,
      catchUpHours: schedule.catch_up_hours,
      refresh: schedule.prices.refresh,
      maxAttempts: callback?.max_attempts ?? usual.maxAttempts,
    },
  };
}
