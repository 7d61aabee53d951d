import type { Strategy } from "../../strategy/strategy.ts";
import { decidingPurely } from "./impure-globals.ts";

/** Wraps the functions of a strategy so that they can use neither random numbers nor the clock, once `forbidImpureGlobals` was called. */
export function pureStrategy(strategy: Strategy): Strategy {
  return Object.freeze<Strategy>({
    ...strategy,
    schedule: (parameters) => decidingPurely(() => strategy.schedule(parameters)),
    universe: (parameters) => decidingPurely(() => strategy.universe(parameters)),
    history: (parameters) => decidingPurely(() => strategy.history(parameters)),
    initial: strategy.initial && ((parameters) => decidingPurely(() => strategy.initial!(parameters))),
    decide: (view, parameters, state) => decidingPurely(() => strategy.decide(view, parameters, state)),
    report: (run, parameters) => decidingPurely(() => strategy.report(run, parameters)),
  });
}
