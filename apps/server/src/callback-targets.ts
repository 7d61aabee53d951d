import type { Config } from "./config.ts";

/** Where callbacks may go, for the operator to see what is open. */
export function describeCallbackTargets({
  allowPrivate,
  allowHttp,
  allowCidrs,
  allowPorts,
}: Config["callbackGuard"]): string {
  const networks = allowCidrs.length === 0 ? "" : ` and ${allowCidrs.join(", ")}`;
  const addresses = allowPrivate ? "public and private addresses, this machine included" : "public addresses";
  const ports = allowPorts === undefined ? "" : `, ports ${allowPorts.join(", ")}`;
  return `${allowHttp ? "http and https" : "https"} to ${addresses}${networks}${ports}`;
}
