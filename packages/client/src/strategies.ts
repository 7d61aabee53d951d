import type {
  boldAssetAllocation,
  ExecutionResult,
  movingAverageCrossover,
  Result,
  Strategy,
} from "@strategy-executor/core";

/** The parameters and results of the built-in strategies. */
export interface KnownStrategies {
  readonly BoldAssetAllocation: {
    readonly parameters: Given<typeof boldAssetAllocation>;
    readonly result: ResultWith<"variant" | "portfolio"> & {
      readonly portfolio: { readonly offensive_assets: readonly string[] };
    };
  };
  readonly MovingAverageCrossover: {
    readonly parameters: Given<typeof movingAverageCrossover>;
    readonly result: ResultWith<"position" | "trades">;
  };
}

/** A strategy name. Any name is accepted, since a service may have strategies of its own. */
export type StrategyName = keyof KnownStrategies | (string & {});

/** The parameters of a strategy; any JSON for an unknown one. */
export type ParametersOf<Name extends StrategyName> = Name extends keyof KnownStrategies
  ? KnownStrategies[Name]["parameters"]
  : Readonly<Record<string, unknown>>;

/** The result of a strategy; the common fields for an unknown one. */
export type ResultOf<Name extends StrategyName> = Name extends keyof KnownStrategies
  ? KnownStrategies[Name]["result"]
  : ExecutionResult;

type Given<Of> =
  Of extends Strategy<infer Parameters> ? { readonly [Key in keyof Parameters]: Parameters[Key] } : never;

type ResultWith<Key extends keyof Result> = Result & { readonly [Own in Key]: NonNullable<Result[Own]> };
