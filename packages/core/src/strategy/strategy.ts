import { z } from "zod";
import type { DatedDecision, Decision } from "./decision.ts";
import type { History } from "./history.ts";
import { type FillRule, fillRules } from "./fill-rule.ts";
import { commonParameters, type Parameters } from "./parameters.ts";
import { type Schedule, schedules } from "./schedule.ts";
import type { View } from "./view.ts";

const brand: unique symbol = Symbol.for("@strategy-executor/core/strategy");

/** A failure to report to the client: its message becomes the `error_message` of the execution. */
export class StrategyError extends Error {
  override name = "StrategyError";
}

/** The trading of one decision. */
export interface Fill {
  readonly decidedOn: string;
  readonly filledOn: string;
  /** The account just before, at the prices of the fill. */
  readonly value: number;
  /** Sum of the values bought and sold. */
  readonly traded: number;
  readonly cost: number;
  /** What was bought (quantity above 0) and sold (below 0). */
  readonly orders: readonly { readonly ticker: string; readonly quantity: number; readonly price: number }[];
}

/** What happened in a run, for the strategy's own part of the result. */
export interface Run {
  /** At least one, oldest first. A daily strategy's are the first one and those that changed the weights. */
  readonly decisions: readonly DatedDecision[];
  readonly fills: readonly Fill[];
  /** What the account holds after the last day. */
  readonly holdings: readonly {
    readonly ticker: string;
    readonly quantity: number;
    readonly price: number;
    readonly value: number;
  }[];
  readonly cash: number;
}

/** Kinds of strategies, by which the catalogue is filtered. */
export const families = ["tactical", "static", "risk", "technical", "own"] as const;
export type Family = (typeof families)[number];

/** Published figures of a strategy; fractions, drawdowns negative. */
export interface PublishedFigures {
  readonly variant?: string;
  /** Of which years, and on what conditions: `Dec 1970 - Jun 2022, proxies, 0.1 % cost`. */
  readonly period: string;
  readonly cagr?: number;
  readonly volatility?: number;
  /** Of month-ends unless the period says otherwise. */
  readonly max_drawdown?: number;
}

/** What `defineStrategy` takes. All functions are pure: the same arguments give the same answer. */
export interface StrategyDefinition<Own extends z.ZodObject, State = unknown> {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** Where its rules were published. */
  readonly source: string;
  /** An address at which that can be read. */
  readonly link?: string;
  /** What kind it is; `own` when absent. */
  readonly family?: Family;
  /** Figures that its publication reports. */
  readonly published?: readonly PublishedFigures[];
  /** The strategy's own parameters, snake_case. The common ones are added. */
  readonly parameters: Own;
  /** When it decides; a function where that depends on the parameters. */
  readonly schedule: Schedule | ((parameters: z.output<Own>) => Schedule);
  readonly defaultFill: FillRule;
  /** Names of its published variants, when it has a parameter `variant`. */
  readonly variants?: readonly string[];
  /** Every ticker that decisions may read or hold. */
  universe(parameters: z.output<Own>): readonly string[];
  history(parameters: z.output<Own>): History;
  /** The state before the first decision, for strategies with a memory. A state is never changed, only replaced. */
  initial?(parameters: z.output<Own>): State;
  /** `state` is the one returned by the previous decision, at first `initial`: the memory follows decisions, not trades. */
  decide(view: View, parameters: z.output<Own>, state: State): Decision<State>;
  /** The strategy's own part of the result, plain JSON. A `portfolio` made of the last decision when absent. */
  report?(run: Run, parameters: z.output<Own>): Readonly<Record<string, unknown>>;
}

/** A strategy. `Given` is what clients may give as its parameters; unknown in what registries hold. */
export interface Strategy<Given = unknown> {
  readonly [brand]: true;
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly source: string;
  readonly link: string | null;
  readonly family: Family;
  readonly published: readonly PublishedFigures[];
  readonly variants: readonly string[];
  readonly parameters: z.ZodType<Parameters, Given>;
  schedule(parameters: Parameters): Schedule;
  universe(parameters: Parameters): readonly string[];
  history(parameters: Parameters): History;
  /** Null for strategies without a memory. */
  readonly initial: ((parameters: Parameters) => unknown) | null;
  decide(view: View, parameters: Parameters, state: unknown): Decision;
  report(run: Run, parameters: Parameters): Readonly<Record<string, unknown>>;
}

/** The strategy's own parameters and the common ones, as clients may give them. */
export type GivenParameters<Own extends z.ZodObject> = z.input<Own> &
  z.input<z.ZodObject<ReturnType<typeof commonParameters>>>;

/** Declares a strategy. Throws a TypeError that explains an invalid definition. */
export function defineStrategy<Own extends z.ZodObject, State = undefined>(
  definition: StrategyDefinition<Own, State>,
): Strategy<GivenParameters<Own>> {
  ensureComplete(definition as StrategyDefinition<z.ZodObject>);
  const {
    name,
    version,
    description,
    source,
    schedule,
    variants = [],
    universe,
    history,
    initial,
    decide,
  } = definition;
  const parameters = withCommonParameters(name, definition.parameters, definition.defaultFill);
  const report = definition.report ?? ((run: Run) => ({ portfolio: portfolioOf(run) }));
  return Object.freeze<Strategy<GivenParameters<Own>>>({
    [brand]: true,
    name,
    version,
    description,
    source,
    link: definition.link ?? null,
    family: definition.family ?? "own",
    published: definition.published ?? [],
    variants,
    parameters,
    // The parameters were parsed by the schema above, so they are what these functions declare.
    schedule: (typeof schedule === "function" ? schedule : () => schedule) as Strategy["schedule"],
    universe: universe as Strategy["universe"],
    history: history as Strategy["history"],
    initial: (initial ?? null) as Strategy["initial"],
    decide: decide as Strategy["decide"],
    report: report as Strategy["report"],
  });
}

/** Whether a value was made by `defineStrategy`, of this copy of the package or another. */
export function isStrategy(value: unknown): value is Strategy {
  return typeof value === "object" && value !== null && Object.hasOwn(value, brand);
}

/** The client's error when a strategy's own code threw. `doing`: the failed step, as in "failed to decide". */
export function failureOf(strategy: Strategy, doing: string, error: unknown): StrategyError {
  return new StrategyError(`${strategy.name} failed ${doing}: ${textOf(error)}`, { cause: error });
}

/** A text for a thrown value. Anything can be thrown, and much of it has no text. */
export function textOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? String(thrown.message) : String(thrown);
  } catch {
    return `something without a text (${typeof thrown})`;
  }
}

/** The last decision of a run as the `portfolio` of a result: its target, its trades and the current holdings. */
export function portfolioOf({ decisions, fills, holdings, cash }: Run) {
  const { decidedOn, filledOn, weights, hold, mode, canary, scores, because } = decisions.at(-1)!;
  const whole = holdings.reduce((sum, { value }) => sum + value, cash);
  const fill = fills.at(-1);
  return {
    weights,
    hold,
    mode,
    canary,
    scores,
    because,
    decided_on: decidedOn,
    filled_on: filledOn,
    orders: fill?.decidedOn === decidedOn ? fill.orders : [],
    drifted_weights: Object.fromEntries(holdings.map(({ ticker, value }) => [ticker, value / whole])),
  };
}

function withCommonParameters<Own extends z.ZodObject>(
  name: string,
  own: Own,
  defaultFill: FillRule,
): z.ZodType<Parameters, GivenParameters<Own>> {
  const common = commonParameters(defaultFill);
  for (const field of Object.keys(own.shape)) {
    ensure(/^[a-z][a-z0-9_]*$/.test(field), name, `parameter ${field} is not snake_case`);
    ensure(!Object.hasOwn(common, field), name, `parameter ${field} is common to all strategies`);
  }
  const parameters = own
    .safeExtend(common)
    .strict()
    .refine(isInOrder, {
      path: ["start_date"],
      message: "Must not be after end_date",
    }) as unknown as z.ZodType<Parameters, GivenParameters<Own>>;
  // Clients are shown a JSON Schema, so parameters that have none are refused where they are written.
  z.toJSONSchema(own, { io: "input" });
  return parameters;
}

function isInOrder({ start_date: start, end_date: end }: Record<string, unknown>): boolean {
  return typeof start !== "string" || typeof end !== "string" || start <= end;
}

function ensureComplete(definition: StrategyDefinition<z.ZodObject>): void {
  const { name, schedule, defaultFill, variants = [] } = definition;
  ensure(
    /^[A-Za-z][\w.-]*$/.test(name),
    String(name),
    "name must start with a letter and hold only letters, digits, _ . -",
  );
  for (const key of ["version", "description", "source"] as const) {
    ensure(typeof definition[key] === "string" && definition[key] !== "", name, `${key} must be a text`);
  }
  for (const key of ["universe", "history", "decide"] as const) {
    ensure(typeof definition[key] === "function", name, `${key} must be a function`);
  }
  for (const key of ["initial", "report"] as const) {
    const value = definition[key] ?? undefined;
    ensure(value === undefined || typeof value === "function", name, `${key} must be a function`);
  }
  ensure(definition.parameters instanceof z.ZodObject, name, "parameters must be a z.object");
  ensure(
    typeof schedule === "function" || schedules.includes(schedule),
    name,
    `schedule must be one of ${schedules.join(", ")}, or a function of the parameters`,
  );
  ensure(fillRules.includes(defaultFill), name, `defaultFill must be one of ${fillRules.join(", ")}`);
  ensure(Array.isArray(variants), name, "variants must be a list of names");
  const { family = "own" } = definition;
  ensure(families.includes(family), name, `family must be one of ${families.join(", ")}`);
  ensure(/^https?:\/\//.test(definition.link ?? "https://"), name, "link must be an http address");
}

function ensure(holds: boolean, strategy: string, message: string): void {
  if (!holds) throw new TypeError(`Strategy ${strategy}: ${message}`);
}
