import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { evaluate, parseMetrics, type Sample } from "./promql.ts";

interface Rule {
  readonly alert: string;
  readonly expr: string;
}

const file = new URL("../../../../docs/observability/alerts.yml", import.meta.url);

/** The alert rules that are handed to operators. */
export function alertRules(): readonly Rule[] {
  const { groups } = parse(readFileSync(file, "utf8")) as { groups: readonly { rules: readonly Rule[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

/** Scrapes the metrics of servers, by their addresses. */
export async function scrape(...addresses: readonly string[]): Promise<Sample[]> {
  const texts = addresses.map(async (address) =>
    parseMetrics(await (await fetch(`${address}/metrics`)).text(), address),
  );
  return (await Promise.all(texts)).flat();
}

/** Names of the alerts whose conditions hold, without their prefix. How long they must hold is ignored. */
export function firing(now: readonly Sample[], before: readonly Sample[] = now): string[] {
  return alertRules()
    .filter(({ expr }) => evaluate(expr, now, before).length > 0)
    .map(({ alert }) => alert.replace("StrategyExecutor", ""));
}
