export const start = {
  title: "New execution",
  strategy: "Strategy",
  own: "Strategy and its parameters",
  common: "Parameters of every execution",
  around: "Label and callback",
  label: "Label",
  labelHint: "Shown instead of the strategy's name; lists can be filtered by its beginning.",
  callback: "Callback URL",
  callbackHint: "The result is POSTed to this address when the execution ends.",
  format: "Callback format",
  attempts: "Callback attempts",
  run: "Run",
  schedule: "Make a schedule of it",
  sweep: "Sweep over it",
  code: "The same as a call",
  valid: "These parameters are valid.",
  universe: "Tickers",
  missing: (tickers: string) => `No stored prices: ${tickers}`,
  ends: (ticker: string, day: string) => `${ticker} ends on ${day}`,
  unreadable: "is not JSON",
};

export const forms = {
  json: "JSON",
  list: "SPY, QQQ",
};
