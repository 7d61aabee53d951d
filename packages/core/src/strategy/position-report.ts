import type { Fill, Run } from "./strategy.ts";

/** What strategies on one ticker report: where the account stands in it, and every trade. */
export function positionReport(run: Run, symbol: string) {
  return { position: positionOf(run, symbol), trades: tradesOf(run.fills) };
}

function positionOf({ decisions, holdings, cash, fills }: Run, symbol: string) {
  const { mode, because, decidedOn, filledOn } = decisions.at(-1)!;
  const held = holdings[0];
  return {
    symbol,
    state: held ? "long" : "cash",
    quantity: held?.quantity ?? 0,
    price: held?.price ?? null,
    value: held?.value ?? 0,
    cash,
    since: fills.at(-1)?.filledOn ?? null,
    signal: mode,
    because,
    decided_on: decidedOn,
    filled_on: filledOn,
  };
}

/** Every purchase with the sale that ended it, oldest first. The last one may still be open. */
function tradesOf(fills: readonly Fill[]) {
  return fills.flatMap((entry, index) => {
    const { quantity, price } = entry.orders[0]!;
    if (quantity < 0) return [];
    const exit = fills[index + 1];
    return {
      signal: entry.decidedOn,
      entry: entry.filledOn,
      entry_price: price,
      quantity,
      exit_signal: exit?.decidedOn ?? null,
      exit: exit?.filledOn ?? null,
      exit_price: exit?.orders[0]!.price ?? null,
      return: exit ? (exit.value - exit.cost) / entry.value - 1 : null,
    };
  });
}
