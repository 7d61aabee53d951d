import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers";
import timersPromises from "node:timers/promises";

let isDeciding = false;

/** Runs code of a strategy that may depend on its arguments only. */
export function decidingPurely<Answer>(decide: () => Answer): Answer {
  const before = isDeciding;
  isDeciding = true;
  try {
    return decide();
  } finally {
    isDeciding = before;
  }
}

let isForbidden = false;

/**
 * Makes random numbers, the clock and timers throw while a strategy decides, in this thread, because its results could not be reproduced.
 * Installed packages are covered too, since the globals themselves are replaced. Creating a date from a given value stays possible.
 */
export function forbidImpureGlobals(): void {
  if (isForbidden) return;
  isForbidden = true;
  for (const { owner, prefix, names, instead } of forbidden) {
    for (const name of names) {
      const original: unknown = Reflect.get(owner, name);
      if (typeof original !== "function") continue;
      const value = outsideOnly(original as Callable, prefix + name, instead);
      // Some are getters. An attribute that changes would make V8 look up each function of `Math` by name at each call.
      const enumerable = Object.getOwnPropertyDescriptor(owner, name)?.enumerable ?? true;
      Object.defineProperty(owner, name, { value, writable: true, enumerable, configurable: true });
    }
  }
  globalThis.Date = new Proxy(Date, {
    apply(target) {
      ensureOutside("Date()", fromView);
      return target();
    },
    construct(target, given, newTarget) {
      if (given.length === 0) ensureOutside("new Date()", fromView);
      return Reflect.construct(target, given, newTarget) as Date;
    },
  });
  // Updates named imports of Node's modules.
  syncBuiltinESMExports();
}

const fromView = "view.day is the day of the decision";
const fromParameters = "take numbers from the parameters, such as a seed";
const atOnce = "a strategy has to answer at once";
const timerNames = ["setTimeout", "setInterval", "setImmediate"];
const randomNames = ["randomBytes", "randomInt", "randomUUID", "randomFill", "randomFillSync"];

interface Forbidden {
  readonly owner: object;
  /** Put before a name in messages: `Math.`. */
  readonly prefix: string;
  readonly names: readonly string[];
  /** The alternative to suggest. */
  readonly instead: string;
}

const webCrypto = Object.getPrototypeOf(globalThis.crypto) as object;

/** The functions that must not be called while a strategy decides. */
const forbidden: readonly Forbidden[] = [
  { owner: Math, prefix: "Math.", names: ["random"], instead: fromParameters },
  { owner: crypto, prefix: "crypto.", names: randomNames, instead: fromParameters },
  { owner: webCrypto, prefix: "crypto.", names: ["getRandomValues", "randomUUID"], instead: fromParameters },
  { owner: Date, prefix: "Date.", names: ["now"], instead: fromView },
  { owner: performance, prefix: "performance.", names: ["now"], instead: fromView },
  { owner: process.hrtime, prefix: "process.hrtime.", names: ["bigint"], instead: fromView },
  { owner: process, prefix: "process.", names: ["hrtime", "uptime"], instead: fromView },
  { owner: globalThis, prefix: "", names: [...timerNames, "fetch"], instead: atOnce },
  { owner: timers, prefix: "", names: timerNames, instead: atOnce },
  { owner: timersPromises, prefix: "", names: timerNames, instead: atOnce },
];

type Callable = (...given: unknown[]) => unknown;

/** A function that behaves like the original, and has its properties, unless a strategy is deciding. */
function outsideOnly(original: Callable, name: string, instead: string): Callable {
  return new Proxy(original, {
    apply(target, self: unknown, given: unknown[]) {
      ensureOutside(name, instead);
      return Reflect.apply(target, self, given);
    },
  });
}

function ensureOutside(what: string, instead: string): void {
  if (!isDeciding) return;
  throw new TypeError(
    `${what} cannot be used to decide, because the same parameters and prices must give the same result: ${instead}`,
  );
}
