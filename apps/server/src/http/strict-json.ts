import { DomainError } from "@strategy-executor/core";

/**
 * Parses JSON without silent losses: `__proto__` as a name, which later code would drop, and numbers that overflow are
 * refused.
 * @param isWrapper whether a name at the start of a path belongs to the transport and not to the client's input
 * @throws SyntaxError for malformed JSON; DomainError `invalid` with the path of every lost value
 */
export function parseStrictJson(
  text: string,
  isWrapper: (name: string, index: number) => boolean = () => false,
): unknown {
  const value: unknown = JSON.parse(text);
  if (!suspicious.test(text)) return value;
  const found = lostValues(value, () => overflowingNumbers(text));
  if (found.length === 0) return value;
  const fields = found.map(({ path, message }) => ({ path: withoutWrapper(path, isWrapper).join("."), message }));
  throw new DomainError("invalid", fields.map(({ path, message }) => `${path}: ${message}`).join("; "), fields);
}

/** What `__proto__` and a number beyond the largest double need; parsing most texts ends here. */
const suspicious = /__proto__|\\u00(?:5f|70|72|6f|74)|[eE]\+?\d\d|\d{300}/i;

const maxFindings = 10;

interface LostValue {
  readonly path: readonly string[];
  readonly message: string;
}

/** Walks without recursion: a body may be nested deeper than the stack. */
function lostValues(root: unknown, readNumbers: () => readonly string[]): LostValue[] {
  const found: LostValue[] = [];
  let numbers: readonly string[] | undefined;
  let overflows = 0;
  const waiting: Place[] = [{ value: root, name: "", parent: null }];
  for (let place = waiting.pop(); place !== undefined && found.length < maxFindings; place = waiting.pop()) {
    const { value, name } = place;
    if (name === "__proto__") {
      found.push({ path: pathOf(place), message: "is not an allowed name" });
      continue;
    }
    if (typeof value === "number" && !Number.isFinite(value)) {
      numbers ??= readNumbers();
      const sent = shortened(numbers[overflows] ?? "");
      overflows += 1;
      found.push({ path: pathOf(place), message: `${sent} is too large for a number` });
    } else if (typeof value === "object" && value !== null) {
      const parent = place;
      const inner = Object.entries(value).map(([key, item]) => ({ value: item as unknown, name: key, parent }));
      for (const item of inner.toReversed()) waiting.push(item);
    }
  }
  return found;
}

interface Place {
  readonly value: unknown;
  readonly name: string;
  readonly parent: Place | null;
}

function pathOf(place: Place): string[] {
  const path: string[] = [];
  for (let at: Place = place; at.parent !== null; at = at.parent) path.push(at.name);
  return path.toReversed();
}

function withoutWrapper(
  path: readonly string[],
  isWrapper: (name: string, index: number) => boolean,
): readonly string[] {
  const own = path.findIndex((name, index) => !isWrapper(name, index));
  return path.slice(own === -1 ? path.length - 1 : own);
}

/** The literals of all overflowing numbers, in the order of the text. Strings are skipped. */
function overflowingNumbers(text: string): string[] {
  const tokens = text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g);
  return [...tokens]
    .map(([token]) => token)
    .filter((token) => !token.startsWith('"') && !Number.isFinite(Number(token)));
}

function shortened(literal: string): string {
  return literal.length <= 40 ? literal : `${literal.slice(0, 40)}…`;
}
