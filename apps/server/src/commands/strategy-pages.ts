import { builtInStrategies, type StrategyDescription, toStrategyDescription } from "@strategy-executor/core";
import type { z } from "zod";

type Description = z.output<typeof StrategyDescription>;
type Needs = Pick<Description["by_variant"][number], "schedule" | "universe" | "history">;

const families: Readonly<Record<Description["family"], string>> = {
  tactical: "Month-end tactical strategies",
  static: "Static strategies",
  risk: "Risk-based strategies",
  technical: "Technical strategies on one ticker",
  own: "Other strategies",
};

/** The pages of `docs/strategies`, by file name, made of the definitions of the built-in strategies. */
export function strategyPages(): ReadonlyMap<string, string> {
  const descriptions = builtInStrategies.map(toStrategyDescription);
  const pages = descriptions.map((one) => [fileOf(one.name), pageOf(one)] as const);
  return new Map([["README.md", indexOf(descriptions)], ...pages]);
}

function indexOf(descriptions: readonly Description[]): string {
  const sections = Map.groupBy(descriptions, ({ family }) => family);
  return [
    "# Built-in strategies",
    generated,
    ...[...sections].flatMap(([family, ofFamily]) => [
      `## ${families[family]}`,
      ofFamily.map(({ name, description }) => `- [${name}](${fileOf(name)}): ${description}`).join("\n"),
    ]),
  ]
    .join("\n\n")
    .concat("\n");
}

function pageOf(one: Description): string {
  const { name, version, description, source, link, variants, by_variant: byVariant, published } = one;
  const needs = one.schedule && one.universe && one.history && { ...one, ...(one as Needs) };
  return [
    `# ${name}`,
    description,
    generated,
    "## Source",
    link === null ? `${source}.` : `${source}. <${link}>`,
    `Version ${version}. The rules as code: [${codeOf(name)}](../../packages/core/src/strategies/${codeOf(name)}).`,
    "## What it needs",
    variants.length > 0
      ? byVariant.map((variant) => `- \`${variant.variant}\`: ${needsText(variant)}`).join("\n")
      : needs && `- ${needsText(needs)}`,
    "## Parameters",
    [...ownParameters(one), commonParameters].join("\n"),
    ...(published.length === 0 ? [] : ["## Published figures", published.map(publishedText).join("\n")]),
    "## Run it",
    [
      "```",
      "curl -X POST http://localhost:8000/strategies/execute/ -H 'Content-Type: application/json' \\",
      `  -d '{"strategy_name": "${name}", "parameters": {"use_real_data": true}}'`,
      "```",
    ].join("\n"),
  ]
    .filter((part) => part !== null)
    .join("\n\n")
    .concat("\n");
}

const generated = "This page is generated from the definition of the strategy by `npm run docs:strategies`.";
const commonParameters =
  "- and the [parameters common to all](../strategies.md#parameters-common-to-all): dates, capital, costs, fill, benchmark.";

function needsText({ schedule, universe, history: { months, days, bars, series } }: Needs): string {
  const wanted = [
    ...(months === null ? [] : [`${months + 1} month-end${months === 0 ? "" : "s"}`]),
    ...(days === null ? [] : [`${days} days`]),
    ...(bars.length === 0 ? [] : [`${bars.join(", ")} of these days`]),
    ...Object.entries(series).map(([name, count]) => `${count} values of the data series ${name}`),
  ];
  return `schedule ${schedule}; ${universe.join(" ")}; needs ${wanted.join(", ")}`;
}

function ownParameters({ parameters }: Description): string[] {
  const properties = parameters["properties"] as Record<string, { default?: unknown; description?: string }>;
  const common = Object.keys(properties).indexOf("initial_capital");
  return Object.entries(properties)
    .slice(0, common)
    .map(([name, { default: preset, description }]) => {
      const otherwise = preset === undefined ? "none by default" : `default \`${JSON.stringify(preset)}\``;
      return `- \`${name}\` (${otherwise}): ${description}`;
    });
}

function publishedText({ variant, period, cagr, volatility, max_drawdown }: Description["published"][number]): string {
  const figures = [
    ...(cagr === null ? [] : [`growth ${percent(cagr)} a year`]),
    ...(volatility === null ? [] : [`volatility ${percent(volatility)}`]),
    ...(max_drawdown === null ? [] : [`drawdown ${percent(-max_drawdown)}`]),
  ];
  return `- ${variant === null ? "" : `\`${variant}\`, `}${period}: ${figures.join(", ")}`;
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}

function codeOf(name: string): string {
  return `${name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase()}.ts`;
}

function fileOf(name: string): string {
  return codeOf(name).replace(/ts$/, "md");
}
