import type { Inputs, Outputs } from "../../../api/client.ts";
import { type ParametersSchema, toText } from "../../../forms/schema.ts";
import { typedRule, type WhenInput } from "./rule.ts";
import type { Typed } from "./typed.ts";

/** A schedule as the API takes it. */
export function toDefinition(
  typed: Typed,
  parameters: Readonly<Record<string, unknown>>,
  when: WhenInput,
): Inputs["createSchedule"] {
  return {
    name: typed.name,
    strategy_name: typed.strategy,
    parameters,
    when,
    prices: { wait_minutes: Number(typed.wait) },
    catch_up: typed.catchUp,
    ...(typed.callback.trim() !== "" && {
      callback: {
        url: typed.callback.trim(),
        format: typed.format,
        when: typed.notify,
        min_turnover: Number(typed.minTurnover),
      },
    }),
  };
}

/** The fields of a stored schedule. */
export function typedSchedule(schedule: Outputs["getSchedule"], { properties = {} }: ParametersSchema): Typed {
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
  };
}
