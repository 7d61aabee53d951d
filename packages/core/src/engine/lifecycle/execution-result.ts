import { z } from "zod";
import { Result } from "../../backtest/result.ts";
import { SweepReport } from "../../sweep/sweep-report.ts";

const { strategy, final_value, return: gain, variant, portfolio, position, trades, ...backtest } = Result.shape;

/**
 * The result of an execution as clients see it. Every result has the strategy's name, the final value and the return. Fields
 * that a strategy adds are described as the built-in strategies use them; a user's strategy may report anything.
 */
export const ExecutionResult = z
  .looseObject({
    strategy,
    variant: reported(variant),
    portfolio: reported(portfolio),
    position: reported(position),
    trades: reported(trades),
    final_value,
    return: gain,
    ...z.object(backtest).partial().shape,
    sweep: SweepReport.optional().meta({ description: "Sweeps only; the rest is the result of its best combination." }),
  })
  .meta({
    id: "ExecutionResult",
    description: "What a completed execution produced. A strategy may add fields of its own.",
  });
export type ExecutionResult = z.output<typeof ExecutionResult>;

const compiled = z.compile(ExecutionResult);

/** How a result differs from its schema; null when it matches. `text`: the result as JSON. */
export function resultMismatch(result: object, text: string): string | null {
  if (compiled.validate(result)) return null;
  // JSON writes NaN and infinity as null, so the text may still match.
  const { error } = ExecutionResult.safeParse(JSON.parse(text));
  return error === undefined ? null : z.prettifyError(error);
}

function reported(asBuiltIn: z.core.$ZodType) {
  return z
    .union([asBuiltIn, z.unknown().meta({ description: "Any value, in results of your own strategies." })])
    .optional();
}
