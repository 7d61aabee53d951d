import type { Config } from "./config.ts";

/** Describes for the operator which addresses callbacks may be sent to. */
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
