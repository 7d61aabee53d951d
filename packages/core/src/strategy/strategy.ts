import { z } from "zod";
import type { Weights } from "./allocation.ts";
import type { RunningSums } from "./indicators.ts";
import { commonParameters, type FillRule, type Parameters, parametersJsonSchema } from "./parameters.ts";

const brand: unique symbol = Symbol.for("@strategy-executor/core/strategy");

/** A failure to report to the client: its message becomes the `error_message` of the execution. */
export class StrategyError extends Error {
  override name = "StrategyError";
}

/** When a strategy decides: at the last close of every ended month, or at every close. */
export type Schedule = "month-end" | "daily";

/** Prices a decision needs: this many months back from the last month-end, or this many last days. */
export type History = { readonly months: number } | { readonly days: number };

/** What a strategy sees when it decides: prices up to and including the close it decides on, and nothing later. */
export interface View {
  /** The day of the decision, ISO. */
  readonly day: string;
  /**
   * A copy of one ticker's closes, oldest first: the history the strategy declared. `{ days: n }` gives the last n days, the
   * decision's last; `{ months: n }` the last n + 1 month-ends, of which a decision at a month-end is the last. Throws for a
   * ticker outside the universe.
   */
  closes(ticker: string): Float64Array;
  /** Sums of all closes of one ticker up to `back` days before the decision, for averages in constant time. */
  runningSums(ticker: string): RunningSums;
}

export interface Decision {
  readonly weights: Weights;
  /** One line for people: why these weights. */
  readonly because: string;
  /** The state the strategy is in, in its own words. */
  readonly mode?: string;
  /** The values of its canary assets, for strategies that have them. */
  readonly canary?: Readonly<Record<string, number>>;
}

/** A decision as the run recorded it. `filledOn` is null when the period ended before it could be traded. */
export interface DatedDecision {
  readonly decidedOn: string;
  readonly filledOn: string | null;
  readonly weights: Weights;
  readonly mode: string | null;
  readonly canary: Readonly<Record<string, number>> | null;
  readonly because: string;
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

/** What `defineStrategy` takes. All functions are pure: the same arguments give the same answer. */
export interface StrategyDefinition<Own extends z.ZodObject> {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** Where its rules were published. */
  readonly source: string;
  /** The strategy's own parameters, snake_case. The common ones are added. */
  readonly parameters: Own;
  readonly schedule: Schedule;
  readonly defaultFill: FillRule;
  /** Names of its published variants, when it has a parameter `variant`. */
  readonly variants?: readonly string[];
  /** Every ticker the decisions may look at or hold. */
  universe(parameters: z.output<Own>): readonly string[];
  history(parameters: z.output<Own>): History;
  decide(view: View, parameters: z.output<Own>): Decision;
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
  readonly variants: readonly string[];
  readonly parameters: z.ZodType<Parameters, Given>;
  readonly schedule: Schedule;
  universe(parameters: Parameters): readonly string[];
  history(parameters: Parameters): History;
  decide(view: View, parameters: Parameters): Decision;
  report(run: Run, parameters: Parameters): Readonly<Record<string, unknown>>;
}

/** The strategy's own parameters and the common ones, as clients may give them. */
export type GivenParameters<Own extends z.ZodObject> = z.input<Own> &
  z.input<z.ZodObject<ReturnType<typeof commonParameters>>>;

/** Declares a strategy. Throws a TypeError that says what is wrong with the definition. */
export function defineStrategy<Own extends z.ZodObject>(
  definition: StrategyDefinition<Own>,
): Strategy<GivenParameters<Own>> {
  ensureComplete(definition);
  const { name, version, description, source, schedule, variants = [], universe, history, decide } = definition;
  const parameters = withCommonParameters(name, definition.parameters, definition.defaultFill);
  const report = definition.report ?? ((run: Run) => ({ portfolio: portfolioOf(run) }));
  return Object.freeze<Strategy<GivenParameters<Own>>>({
    [brand]: true,
    name,
    version,
    description,
    source,
    variants,
    parameters,
    schedule,
    // The parameters were parsed by the schema above, so they are what these functions declare.
    universe: universe as Strategy["universe"],
    history: history as Strategy["history"],
    decide: decide as Strategy["decide"],
    report: report as Strategy["report"],
  });
}

/** Whether a value was made by `defineStrategy`, of this copy of the package or another. */
export function isStrategy(value: unknown): value is Strategy {
  return typeof value === "object" && value !== null && Object.hasOwn(value, brand);
}

/** The error for the client when code of the strategy itself threw. `doing`: what it was at, as in "failed to decide". */
export function failureOf(strategy: Strategy, doing: string, error: unknown): StrategyError {
  return new StrategyError(`${strategy.name} failed ${doing}: ${textOf(error)}`, { cause: error });
}

/** What was thrown, in words, whatever it is: anything can be thrown, and much of it has no text. */
export function textOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? String(thrown.message) : String(thrown);
  } catch {
    return `something without a text (${typeof thrown})`;
  }
}

/** The last decision of a run as the `portfolio` of a result. */
export function portfolioOf(run: Run) {
  const { decidedOn, filledOn, weights, mode, canary, because } = run.decisions.at(-1)!;
  return { weights, mode, canary, because, decided_on: decidedOn, filled_on: filledOn };
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
  parametersJsonSchema({ parameters });
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
  ensure(["function", "undefined"].includes(typeof definition.report), name, "report must be a function");
  ensure(definition.parameters instanceof z.ZodObject, name, "parameters must be a z.object");
  ensure(["month-end", "daily"].includes(schedule), name, "schedule must be month-end or daily");
  ensure(["same_close", "next_close"].includes(defaultFill), name, "defaultFill must be same_close or next_close");
  ensure(Array.isArray(variants), name, "variants must be a list of names");
}

function ensure(holds: boolean, strategy: string, message: string): void {
  if (!holds) throw new TypeError(`Strategy ${strategy}: ${message}`);
}
