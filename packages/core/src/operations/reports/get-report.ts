import { z } from "zod";
import { Analysis, BenchmarkRangeError } from "../../analysis/stored/index.ts";
import type { Crisis } from "../../analysis/crises.ts";
import { DomainError } from "../../common/domain-error.ts";
import { ExecutionId } from "../../engine/lifecycle/execution.ts";
import { type Ctx, ensureScope, orUnavailable, query, toInvalid } from "../operation.ts";
import { readReportSource } from "./report-source.ts";
import { reportLanguages } from "./reports.ts";

const maxCrises = 20;

const Crises = z
  .string()
  .max(500)
  .regex(/^\d{4}-\d{2}-\d{2}\/\d{4}-\d{2}-\d{2}(,\d{4}-\d{2}-\d{2}\/\d{4}-\d{2}-\d{2})*$/, {
    error: "must be days as in 2020-02-19/2020-03-23, several separated by commas",
    abort: true,
  })
  .refine((text) => toCrises(text).every(isCrisis), "must have days of the calendar, the first before the last")
  .refine((text) => toCrises(text).length <= maxCrises, `must have at most ${maxCrises} crises`);

const ReportInput = z.strictObject({
  execution_id: ExecutionId,
  benchmark: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .meta({
      description: "Ticker to compare with, or `execution:ID` for another completed execution. None when absent.",
      examples: ["SPY", "execution:12"],
    }),
  risk_free: z
    .number()
    .gt(-1)
    .max(1)
    .default(0)
    .meta({ description: "Risk-free return of a year, for the figures of excess returns." }),
  language: z
    .enum(reportLanguages)
    .default("en")
    .meta({ description: "Language of the HTML page; JSON does not depend on it." }),
  crises: Crises.optional().meta({
    description: "Additional periods to report, both days included: `FROM/TO`, several separated by commas.",
    examples: ["2020-02-19/2020-03-23"],
  }),
});

export const getReport = query({
  name: "getReport",
  summary:
    "Read every figure of a completed execution, alone and against a benchmark; over REST also as a page to print.",
  scope: "read",
  input: ReportInput,
  output: Analysis,
  run: (ctx, input) => ask(ctx, input, (source) => ctx.reports.analysis(source)),
});

type Asked = z.output<typeof ReportInput>;

/**
 * The report as one file of HTML, without scripts and links.
 * @throws DomainError as `getReport` does
 */
export async function reportHtml(ctx: Ctx, input: unknown): Promise<AsyncIterable<string>> {
  ensureScope(ctx, "read");
  const parsed = getReport.input.safeParse(input);
  if (!parsed.success) throw toInvalid(parsed.error);
  const { data } = parsed;
  const html = await orUnavailable(ctx, "getReport", () =>
    ask(ctx, data, (source) => ctx.reports.html(source, data.language)),
  );
  return (async function* () {
    yield html;
  })();
}

async function ask<Answer>(
  ctx: Ctx,
  { execution_id: id, benchmark, risk_free: riskFree, crises = "" }: Asked,
  answer: (source: Awaited<ReturnType<typeof readReportSource>>) => Promise<Answer>,
): Promise<Answer> {
  const source = await readReportSource(ctx, id, { benchmark, riskFree, crises: toCrises(crises) });
  try {
    return await answer(source);
  } catch (error) {
    if (!(error instanceof BenchmarkRangeError)) throw error;
    throw new DomainError("invalid", `benchmark: ${error.message}`, [{ path: "benchmark", message: error.message }]);
  }
}

function toCrises(text: string): Crisis[] {
  if (text === "") return [];
  return text.split(",").map((crisis) => {
    const [from = "", to = ""] = crisis.split("/");
    return { from, to };
  });
}

function isCrisis({ from, to }: Crisis): boolean {
  return z.iso.date().safeParse(from).success && z.iso.date().safeParse(to).success && from < to;
}
