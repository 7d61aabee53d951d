const execution = {
  execution_id: 123,
  strategy: "BoldAssetAllocation",
  version: "1.0.0",
  started_at: "2025-10-04T12:00:00.000Z",
  completed_at: "2025-10-04T12:00:15.000Z",
  execution_parameters: { variant: "BAA-G4", initial_capital: 100_000, use_real_data: false },
};

export const completed = {
  ...execution,
  status: "completed",
  result: {
    strategy: "BoldAssetAllocation",
    variant: "BAA-G4",
    portfolio: { offensive_assets: ["VTI", "VEA"], weights: { VTI: 0.5, VEA: 0.5 } },
    final_value: 125_000,
    return: 0.25,
  },
};

export const failed = {
  ...execution,
  execution_id: 124,
  status: "failed",
  error_message: "Unknown variant: <INVALID>. Available variants: BAA-G12, BAA-G4",
};

export const cancelled = {
  ...execution,
  execution_id: 125,
  status: "cancelled",
  started_at: null,
  error_message: "Cancelled",
};

/** A completed callback with about 150 bytes per trade; strategies that trade daily for decades have thousands. */
export function withTrades(count: number) {
  const trade = {
    signal: "2004-03-10",
    entry: "2004-03-11",
    entry_price: 105.072712,
    quantity: 951.7218895044796,
    exit_signal: "2004-12-14",
    exit: "2004-12-15",
  };
  const trades = Array.from({ length: count }, () => trade);
  return { ...completed, execution_id: 126, result: { ...completed.result, trades } };
}
