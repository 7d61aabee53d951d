import type {
  boldAssetAllocation,
  ExecutionResult,
  movingAverageCrossover,
  Result,
  Strategy,
} from "@strategy-executor/core";

/** The strategies that come with the service: what they take and what they produce. */
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

/** A name of the catalogue. Any is taken, since a service may have strategies of its own. */
export type StrategyName = keyof KnownStrategies | (string & {});

/** What a strategy takes; any JSON where the strategy is not known here. */
export type ParametersOf<Name extends StrategyName> = Name extends keyof KnownStrategies
  ? KnownStrategies[Name]["parameters"]
  : Readonly<Record<string, unknown>>;

/** What a strategy produces; what all have in common where the strategy is not known here. */
export type ResultOf<Name extends StrategyName> = Name extends keyof KnownStrategies
  ? KnownStrategies[Name]["result"]
  : ExecutionResult;

type Given<Of> =
  Of extends Strategy<infer Parameters> ? { readonly [Key in keyof Parameters]: Parameters[Key] } : never;

type ResultWith<Key extends keyof Result> = Result & { readonly [Own in Key]: NonNullable<Result[Own]> };
