import { z } from "zod";

/** A value on an axis of a grid: any JSON scalar that a strategy takes as a parameter. */
export type AxisValue = number | string | boolean;

/** A list of values, or a range of numbers. */
type Axis = AxisValue[] | { readonly from: number; readonly to: number; readonly step: number };

/** One point of a grid: a value for each axis, by parameter name. */
export type Combination = Readonly<Record<string, AxisValue>>;

/** Limit of combinations that a sweep evaluates. A grid may have more if the sweep takes a sample. */
export const maxCombinations = 1_000_000;

/** Keeps indices of combinations, and the shuffled range around them, exact. */
const maxGridSize = 2 ** 50;
const maxAxisLength = 100_000;
const maxAxes = 8;

const Range = z
  .strictObject({ from: z.number(), to: z.number(), step: z.number().positive().default(1) })
  .refine(({ from, to }) => from <= to, { path: ["from"], message: "Must not be greater than to" })
  .refine((range) => lengthOf(range) <= maxAxisLength, { path: ["step"], message: `More than ${maxAxisLength} values` })
  .meta({ description: "from, from + step, ... up to and including to." });

const Values = z
  .array(z.union([z.number(), z.string().max(200), z.boolean()]))
  .min(1)
  .max(maxAxisLength)
  .refine((values) => new Set(values).size === values.length, { message: "A value is there twice" });

const Axes = z
  .record(z.string().regex(/^[a-z][a-z0-9_]*$/, "Expected the name of a parameter"), z.union([Values, Range]))
  .refine((axes) => Object.keys(axes).length > 0, { message: "At least one parameter must vary" })
  .refine((axes) => Object.keys(axes).length <= maxAxes, { message: `At most ${maxAxes} parameters may vary` })
  .meta({ description: "By the name of each varied parameter: a list of values, or a range `{from, to, step}`." });

const Sample = z
  .strictObject({
    seed: z.int().meta({ description: "Chooses the combinations." }),
    count: z.int().positive().max(maxCombinations).meta({ description: "Number of combinations." }),
  })
  .meta({
    description: "Chooses this many combinations at random, none twice. The same seed gives the same combinations.",
  });

/**
 * The combinations of parameters that a sweep evaluates, in the client's notation:
 * `{ axes: { short_window: { from: 5, to: 100, step: 5 }, long_window: [50, 100, 200] }, sample: { seed: 1, count: 20 } }`.
 */
export const Grid = z
  .strictObject({ axes: Axes, sample: Sample.optional() })
  .refine(({ axes }) => sizeOf(axes) <= maxGridSize, { path: ["axes"], message: "The grid has too many combinations" })
  .refine(({ axes, sample }) => sample !== undefined || sizeOf(axes) <= maxCombinations, {
    path: ["axes"],
    message: `More than ${maxCombinations} combinations: take a sample of them`,
  });
export type Grid = z.output<typeof Grid>;

/** A grid that computes its combinations on demand. */
export interface OpenGrid {
  /** The parameters that vary, in alphabetical order: the order of the axes, the last of which varies fastest. */
  readonly names: readonly string[];
  /** Number of values on each axis. */
  readonly lengths: readonly number[];
  /** Number of combinations: those of the sample, or all. */
  readonly count: number;
  /** One value of an axis. */
  valueAt(axis: number, position: number): AxisValue;
  /** Writes the combination's position on each axis into `positions`. Throws a RangeError beyond `count`. */
  locate(index: number, positions: Int32Array): void;
  /** The combination with this index, from 0. The order depends only on the grid, not on how its JSON was stored. */
  combinationAt(index: number): Combination;
}

/** Opens a parsed grid. Its memory does not grow with the number of combinations. */
export function openGrid({ axes, sample }: Grid): OpenGrid {
  const names = Object.keys(axes).toSorted();
  const lengths = names.map((name) => lengthOf(axes[name]!));
  const size = lengths.reduce((product, length) => product * length, 1);
  const count = Math.min(size, sample?.count ?? size);
  const cellOf = sample === undefined ? (index: number) => index : shuffle(size, sample.seed);

  const locate = (index: number, positions: Int32Array): void => {
    if (!(Number.isInteger(index) && index >= 0 && index < count)) throw new RangeError(`No combination ${index}`);
    let rest = cellOf(index);
    for (let axis = lengths.length - 1; axis >= 0; axis -= 1) {
      const length = lengths[axis]!;
      positions[axis] = rest % length;
      rest = Math.floor(rest / length);
    }
  };
  const valueAt = (axis: number, position: number) => valueOf(axes[names[axis]!]!, position);
  return {
    names,
    lengths,
    count,
    valueAt,
    locate,
    combinationAt(index) {
      const positions = new Int32Array(names.length);
      locate(index, positions);
      const combination: Record<string, AxisValue> = {};
      for (const [axis, name] of names.entries()) combination[name] = valueAt(axis, positions[axis]!);
      return combination;
    },
  };
}

function sizeOf(axes: Readonly<Record<string, Axis>>): number {
  return Object.values(axes).reduce((product, axis) => product * lengthOf(axis), 1);
}

function lengthOf(axis: Axis): number {
  // A step such as 0.1 must reach the end although its multiples are not exact.
  return Array.isArray(axis) ? axis.length : Math.floor((axis.to - axis.from) / axis.step + 1e-9) + 1;
}

function valueOf(axis: Axis, position: number): AxisValue {
  if (Array.isArray(axis)) return axis[position]!;
  const value = axis.from + position * axis.step;
  // The third step of 0.1 must be 0.3, not 0.30000000000000004.
  return Number.isInteger(value) ? value : Number(value.toPrecision(14));
}

/**
 * A permutation of 0 .. size - 1 that needs no memory: a Feistel network over the next even number of bits, walked until it
 * lands inside (J. Black and P. Rogaway, Ciphers with Arbitrary Finite Domains, 2002).
 */
function shuffle(size: number, seed: number): (index: number) => number {
  const halfBits = Math.max(1, Math.ceil(Math.log2(size) / 2));
  const [half, mask] = [2 ** halfBits, 2 ** halfBits - 1];
  const keys = Array.from({ length: 6 }, (_, round) => mix(mix(seed | 0, Math.floor(seed / 2 ** 32) | 0), round));
  return (index) => {
    let value = index;
    do {
      let [left, right] = [Math.floor(value / half), value % half];
      for (const key of keys) [left, right] = [right, left ^ (mix(right, key) & mask)];
      value = left * half + right;
    } while (value >= size);
    return value;
  };
}

/** Mixes two 32-bit numbers into one (the finisher of A. Appleby's MurmurHash3). */
function mix(a: number, b: number): number {
  let hash = Math.imul(a ^ (b + 0x9e3779b9), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 15);
}
