import type { PriceTable } from "../../market/price-table.ts";
import { commonParameters, type Parameters } from "../../strategy/parameters.ts";
import type { Strategy } from "../../strategy/strategy.ts";
import type { Answer } from "./check-decision.ts";

/** Decisions by row, known from other runs of the same strategy and parameters on the same table. */
export type KnownDecisions = Map<number, Answer>;

/** How many sets of decisions a thread remembers. One of 20 years of months takes some 200 kB. */
export const maxKnownDecisions = 16;

const sets = new WeakMap<PriceTable, Map<string, KnownDecisions>>();
/** The sets used last, oldest first. */
const recent = new Set<KnownDecisions>();
const forget = new WeakMap<KnownDecisions, () => void>();

/**
 * The decisions that earlier runs made with these parameters, apart from the common ones (costs, fill, dates, capital), which
 * decisions do not depend on. The run adds its own. They are remembered from the second run on: many runs, such as those of a sweep
 * over seeds, have a table or parameters that never come again.
 */
export function knownDecisions(strategy: Strategy, parameters: Parameters, table: PriceTable): KnownDecisions {
  const ofTable = sets.get(table) ?? new Map<string, KnownDecisions>();
  sets.set(table, ofTable);
  const key = `${numberOf(strategy)} ${ownPart(parameters)}`;
  const isFirst = !ofTable.has(key);
  const known = ofTable.get(key) ?? new Map<number, Answer>();
  if (!recent.delete(known)) {
    ofTable.set(key, known);
    forget.set(known, () => ofTable.delete(key));
  }
  recent.add(known);
  if (recent.size > maxKnownDecisions) {
    const [oldest] = recent;
    recent.delete(oldest!);
    forget.get(oldest!)!();
  }
  return isFirst ? new Map() : known;
}

const numbers = new WeakMap<Strategy, number>();
let lastNumber = 0;

/** Two strategies may share a name: for example the versions of a file before and after an edit. */
function numberOf(strategy: Strategy): number {
  const number = numbers.get(strategy) ?? (lastNumber += 1);
  numbers.set(strategy, number);
  return number;
}

const commonNames = new Set(Object.keys(commonParameters("same_close")));

function ownPart(parameters: Parameters): string {
  const own: unknown[] = [];
  for (const name of Object.keys(parameters)) if (!commonNames.has(name)) own.push(name, parameters[name]);
  return JSON.stringify(own);
}
