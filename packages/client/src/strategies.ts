import type {
  acceleratingDualMomentum,
  adaptiveAssetAllocation,
  boldAssetAllocation,
  bollingerReversion,
  compositeDualMomentum,
  defensiveAssetAllocation,
  donchianBreakout,
  elasticAssetAllocation,
  ExecutionResult,
  flexibleAssetAllocation,
  generalizedProtectiveMomentum,
  globalEquitiesMomentum,
  globalTacticalAssetAllocation,
  growthTrendTiming,
  hybridAssetAllocation,
  kipnisDefensiveAdaptive,
  lethargicAssetAllocation,
  macdTrend,
  movingAverageCrossover,
  movingAverageTrend,
  protectiveAssetAllocation,
  resilientAssetAllocation,
  Result,
  riskParity,
  rsiReversion,
  staticAllocation,
  Strategy,
  targetVolatility,
  timeSeriesMomentum,
  vigilantAssetAllocation,
} from "@strategy-executor/core";

/** The strategies that come with the service: what they take and what they produce. */
export interface KnownStrategies {
  readonly BoldAssetAllocation: {
    readonly parameters: Given<typeof boldAssetAllocation>;
    readonly result: ResultWith<"variant" | "portfolio"> & {
      readonly portfolio: { readonly offensive_assets: readonly string[] };
    };
  };
  readonly HybridAssetAllocation: Allocation<typeof hybridAssetAllocation>;
  readonly VigilantAssetAllocation: Allocation<typeof vigilantAssetAllocation>;
  readonly DefensiveAssetAllocation: Allocation<typeof defensiveAssetAllocation>;
  readonly ProtectiveAssetAllocation: Allocation<typeof protectiveAssetAllocation>;
  readonly GeneralizedProtectiveMomentum: Allocation<typeof generalizedProtectiveMomentum>;
  readonly FlexibleAssetAllocation: Allocation<typeof flexibleAssetAllocation>;
  readonly ElasticAssetAllocation: Allocation<typeof elasticAssetAllocation>;
  readonly LethargicAssetAllocation: Allocation<typeof lethargicAssetAllocation>;
  readonly ResilientAssetAllocation: Allocation<typeof resilientAssetAllocation>;
  readonly GrowthTrendTiming: Allocation<typeof growthTrendTiming>;
  readonly GlobalEquitiesMomentum: Allocation<typeof globalEquitiesMomentum>;
  readonly AcceleratingDualMomentum: Allocation<typeof acceleratingDualMomentum>;
  readonly CompositeDualMomentum: Allocation<typeof compositeDualMomentum>;
  readonly TimeSeriesMomentum: Allocation<typeof timeSeriesMomentum>;
  readonly GlobalTacticalAssetAllocation: Allocation<typeof globalTacticalAssetAllocation>;
  readonly AdaptiveAssetAllocation: Allocation<typeof adaptiveAssetAllocation>;
  readonly KipnisDefensiveAdaptive: Allocation<typeof kipnisDefensiveAdaptive>;
  readonly StaticAllocation: Allocation<typeof staticAllocation>;
  readonly RiskParity: Allocation<typeof riskParity>;
  readonly TargetVolatility: Allocation<typeof targetVolatility>;
  readonly MovingAverageCrossover: OnOneTicker<typeof movingAverageCrossover>;
  readonly MovingAverageTrend: OnOneTicker<typeof movingAverageTrend>;
  readonly MacdTrend: OnOneTicker<typeof macdTrend>;
  readonly RsiReversion: OnOneTicker<typeof rsiReversion>;
  readonly BollingerReversion: OnOneTicker<typeof bollingerReversion>;
  readonly DonchianBreakout: OnOneTicker<typeof donchianBreakout>;
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

interface Allocation<Of> {
  readonly parameters: Given<Of>;
  readonly result: ResultWith<"portfolio">;
}

interface OnOneTicker<Of> {
  readonly parameters: Given<Of>;
  readonly result: ResultWith<"position" | "trades">;
}

type Given<Of> =
  Of extends Strategy<infer Parameters> ? { readonly [Key in keyof Parameters]: Parameters[Key] } : never;

type ResultWith<Key extends keyof Result> = Result & { readonly [Own in Key]: NonNullable<Result[Own]> };
