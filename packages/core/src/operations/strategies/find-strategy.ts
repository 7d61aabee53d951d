import { DomainError } from "../../common/domain-error.ts";
import type { Strategy } from "../../strategy/strategy.ts";

/** @throws DomainError `not_found`, naming the available strategies */
export function findStrategy(strategies: ReadonlyMap<string, Strategy>, name: string): Strategy {
  const strategy = strategies.get(name);
  if (strategy !== undefined) return strategy;
  throw new DomainError(
    "not_found",
    `Unknown strategy: ${shorten(name)}. Available strategies: ${[...strategies.keys()].join(", ")}`,
  );
}

function shorten(name: string): string {
  return name.length <= 100 ? name : `${name.slice(0, 100)}…`;
}
