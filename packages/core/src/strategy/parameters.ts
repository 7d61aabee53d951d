import { z } from "zod";
import { tickerText } from "../market/ticker.ts";
import { type FillRule, fillRules } from "./fill-rule.ts";

/** The parameters every strategy has, as parsed. */
export interface CommonParameters {
  readonly initial_capital: number;
  readonly use_real_data: boolean;
  readonly start_date?: string | undefined;
  readonly end_date?: string | undefined;
  readonly prices_until?: string | undefined;
  readonly fill: FillRule;
  readonly cost_bps: number;
  readonly seed: number;
  readonly benchmark?: string | undefined;
  readonly risk_free?: number | undefined;
}

/** Parameters of any strategy: the common ones and its own. */
export type Parameters = CommonParameters & Readonly<Record<string, unknown>>;

export type ParsedParameters =
  | { readonly ok: true; readonly parameters: Parameters }
  | { readonly ok: false; readonly message: string };

/** The zod schema of a ticker. */
export function ticker() {
  return tickerText("Expected a ticker");
}

/** The zod shape of the parameters every strategy has. */
export function commonParameters(defaultFill: FillRule): CommonShape {
  const shape = commonShapes.get(defaultFill) ?? createCommonShape(defaultFill);
  commonShapes.set(defaultFill, shape);
  return shape;
}

type CommonShape = ReturnType<typeof createCommonShape>;

/** Schemas take longer to make than to use, and strategies of users are defined for each run. */
const commonShapes = new Map<FillRule, CommonShape>();

function createCommonShape(defaultFill: FillRule) {
  return {
    initial_capital: z
      .number()
      .positive()
      .max(1e15)
      .default(100_000)
      .meta({ description: "Money the account starts with." }),
    use_real_data: z
      .boolean()
      .default(false)
      .meta({ description: "Run on the stored prices. Otherwise on the synthetic market, which needs none." }),
    start_date: z.iso.date().optional().meta({
      description:
        "First day on which the account may trade; earlier prices serve as history. As early as possible when absent.",
    }),
    end_date: z.iso
      .date()
      .optional()
      .meta({ description: "Last day that is traded and valued. The last day of the prices when absent." }),
    prices_until: z.iso.date().optional().meta({
      description:
        "Day that the stored prices of every ticker must reach; the execution fails if the prices of a ticker end earlier.",
    }),
    fill: z.enum(fillRules).default(defaultFill).meta({
      description:
        "When a decision is traded: at the close at which it was made, or at the close or the open of the next trading day.",
    }),
    cost_bps: z
      .number()
      .nonnegative()
      .lt(10_000)
      .default(0)
      .meta({ description: "Cost of trading, in basis points of the traded value, buying and selling alike." }),
    seed: z.int().default(1).meta({ description: "Chooses the synthetic market. Stored prices do not depend on it." }),
    benchmark: ticker().optional().meta({
      description: "Ticker that the account is compared with, in the result's `benchmark`. None when absent.",
    }),
    risk_free: z
      .number()
      .gt(-1)
      .max(1)
      .optional()
      .meta({ description: "Risk-free return of a year, for the figures of `benchmark`. 0 when absent." }),
  };
}

/**
 * Checks a client's parameters and fills in defaults. `null` and `undefined` mean that none were given. The message of a
 * failure names every invalid field and shows its value.
 */
export function parseParameters(
  strategy: { readonly parameters: z.ZodType<Parameters> },
  raw: unknown,
): ParsedParameters {
  const given = raw ?? {};
  const parsed = checkParameters(strategy, given);
  if (parsed instanceof Error) return { ok: false, message: cannotCheck(parsed) };
  if (parsed.success) return { ok: true, parameters: parsed.data };
  const { properties = {} } = parametersJsonSchema(strategy);
  return { ok: false, message: parsed.error.issues.map((issue) => describe(issue, given, properties)).join(". ") };
}

/** An error in parameters. `path` is empty if it concerns several. */
export interface ParameterError {
  readonly path: string;
  readonly message: string;
}

/** Checks a client's parameters like `parseParameters`, with a message for each field. */
export function checkFields(
  strategy: { readonly parameters: z.ZodType<Parameters> },
  raw: unknown,
):
  | { readonly ok: true; readonly parameters: Parameters }
  | { readonly ok: false; readonly errors: readonly ParameterError[] } {
  const given = raw ?? {};
  const parsed = checkParameters(strategy, given);
  if (parsed instanceof Error) return { ok: false, errors: [{ path: "", message: cannotCheck(parsed) }] };
  if (parsed.success) return { ok: true, parameters: parsed.data };
  const { properties = {} } = parametersJsonSchema(strategy);
  const errors = parsed.error.issues.flatMap((issue): ParameterError[] =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({
          path: [...issue.path, key].join("."),
          message: describe({ ...issue, keys: [key] }, given, properties),
        }))
      : [{ path: issue.path.join("."), message: describe(issue, given, properties) }],
  );
  return { ok: false, errors };
}

function cannotCheck({ message }: Error): string {
  return `The parameters cannot be checked: ${message}`;
}

/** JSON Schema (draft 2020-12) of the parameters that a client may give. */
export function parametersJsonSchema(strategy: { readonly parameters: z.ZodType<Parameters> }) {
  return z.toJSONSchema(strategy.parameters, { io: "input" });
}

/**
 * Checks parameters without building a message, which takes longer than most runs. Returns an error when the check itself
 * throws, as a user's rule across fields may.
 */
export function checkParameters(
  strategy: { readonly parameters: z.ZodType<Parameters> },
  given: unknown,
): z.ZodSafeParseResult<Parameters> | Error {
  try {
    return strategy.parameters.safeParse(given);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function describe(issue: z.core.$ZodIssue, given: unknown, known: Readonly<Record<string, unknown>>): string {
  if (issue.code === "unrecognized_keys") {
    const [noun, names] = [issue.keys.length === 1 ? "parameter" : "parameters", issue.keys.map(show).join(", ")];
    return `Unknown ${noun}: ${shorten(names)}. Known parameters: ${Object.keys(known).join(", ")}`;
  }
  const reason = sentence(issue.message);
  if (issue.path.length === 0) return `Invalid parameters: ${asJson(given)}. ${reason}`;
  const name = issue.path.join(".");
  const value = valueAt(given, issue.path);
  if (value === undefined) {
    const preset = valueAt(known, [...issue.path, "default"]);
    return preset === undefined
      ? `Missing parameter: ${name}. ${reason}`
      : `Invalid ${name}: ${asJson(preset)} (default). ${reason}`;
  }
  if (issue.code === "invalid_value" && issue.path.length === 1) {
    return `Unknown ${name}: ${show(value)}. Available ${name}s: ${issue.values.map(String).join(", ")}`;
  }
  return `Invalid ${name}: ${asJson(value)}. ${reason}`;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], root);
}

/** A name: readable texts as they are, everything else as JSON. */
function show(value: unknown): string {
  const isReadable = typeof value === "string" && /^\P{C}+$/u.test(value) && value.trim() === value;
  return isReadable ? shorten(value) : asJson(value);
}

/** As the client has sent it, so that the text "10" differs from the number 10; long values are cut. */
function asJson(value: unknown): string {
  // JSON has no infinity.
  return shorten(typeof value === "number" ? String(value) : JSON.stringify(value));
}

function shorten(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79).toWellFormed()}…`;
}

function sentence(message: string): string {
  const text = message.replace(/^Invalid input: /, "").replace(/\.$/, "");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
