import { createClient } from "@strategy-executor/client";

const client = createClient({ url: "http://localhost:8000" });

const result = await client.executeAndWait("BoldAssetAllocation", { variant: "BAA-G4", initial_capital: 100_000 });
console.log(`${result.portfolio.offensive_assets.length} assets, worth ${result.final_value.toFixed(2)}`);
