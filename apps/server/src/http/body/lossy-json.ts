/** A value of a JSON text that would be lost or changed by parsing it. */
export interface Loss {
  readonly path: readonly string[];
  /** The reason, as a clause about the path: `is there twice`. */
  readonly message: string;
}

/**
 * Finds values that `JSON.parse` would lose silently: duplicate names, `__proto__` as a name, and numbers that a double cannot hold. The
 * text must be valid JSON. It does not recurse: a body may be nested deeper than the stack.
 */
export function findLosses(text: string, max: number): Loss[] {
  const found: Loss[] = [];
  const open: Place[] = [];
  let isNameNext = false;
  const report = (message: string) => found.push({ path: open.map(({ name }) => name), message });
  for (let at = 0; at < text.length && found.length < max; at += 1) {
    const place = open.at(-1);
    const character = text[at]!;
    if (character === "{") {
      open.push({ names: new Set(), name: "", index: 0 });
      isNameNext = true;
    } else if (character === "[") {
      open.push({ names: null, name: "0", index: 0 });
      isNameNext = false;
    } else if (character === "}" || character === "]") {
      open.pop();
      isNameNext = false;
    } else if (character === "," && place !== undefined) {
      place.index += 1;
      if (place.names === null) place.name = String(place.index);
      else isNameNext = true;
    } else if (character === '"') {
      const end = endOfString(text, at);
      if (isNameNext && place !== undefined) {
        place.name = JSON.parse(text.slice(at, end)) as string;
        if (place.name === "__proto__") report("is not an allowed name");
        else if (place.names?.has(place.name)) report("is there twice");
        place.names?.add(place.name);
        isNameNext = false;
      }
      at = end - 1;
    } else if (character === "-" || (character >= "0" && character <= "9")) {
      number.lastIndex = at;
      const literal = number.exec(text)![0];
      const loss = lossOfNumber(literal);
      if (loss !== null) report(loss);
      at += literal.length - 1;
    }
  }
  return found;
}

/** Why a number cannot be kept; null when it can. Digits of a fraction beyond double precision are rounded. */
export function lossOfNumber(literal: string): string | null {
  if (literal.length < 16 && !/e/i.test(literal)) return null;
  const value = Number(literal);
  if (!Number.isFinite(value)) return `${shortened(literal)} is too large for a number`;
  if (value === 0 && /^[^e]*[1-9]/i.test(literal)) return `${shortened(literal)} is too small for a number`;
  // Programs write a large double with the fewest digits that identify it.
  const isKept = !/^-?\d{16,400}$/.test(literal) || String(value) === literal || BigInt(literal) === BigInt(value);
  return isKept ? null : `${shortened(literal)} has more digits than a number keeps: it would become ${value}`;
}

const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** An object or a list being read, with its current name or index. */
interface Place {
  /** The names so far; null in a list. */
  readonly names: Set<string> | null;
  name: string;
  index: number;
}

/** The position behind the closing quote. */
function endOfString(text: string, start: number): number {
  let end = start + 1;
  while (text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
  return end + 1;
}

function shortened(literal: string): string {
  return literal.length <= 40 ? literal : `${literal.slice(0, 40)}…`;
}
