export const providerNames = ["yahoo", "stooq", "tiingo", "files"] as const;
