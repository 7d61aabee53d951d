import type { LookupAddress } from "node:dns";
import { lookup as askSystem } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import { callbackify } from "node:util";

import { AddressRefusedError } from "./failure-reason.ts";

/** May this IP address be called? `true`, or `false`, or the reason why not, which is shown to the client. */
export type AllowAddress = (ip: string) => boolean | string;

/** All addresses of a host name. */
export type ResolveHost = (hostname: string) => Promise<readonly LookupAddress[]>;

/**
 * The look-up that connections are made with (`autoSelectFamily`, so that all addresses are wanted). Every address of the
 * name is tested and only the allowed ones are dialled: a name that resolves differently a moment later gains nothing.
 * Simultaneous look-ups of one name are made once: the system resolver has few threads, and a name that it is slow to
 * answer must not occupy them all.
 */
export function createLookup(allowAddress: AllowAddress, resolve: ResolveHost = resolveHost): LookupFunction {
  const underWay = new Map<string, Promise<readonly LookupAddress[]>>();

  async function allowedAddresses(hostname: string): Promise<LookupAddress[]> {
    const addresses = underWay.get(hostname) ?? resolve(hostname).finally(() => underWay.delete(hostname));
    underWay.set(hostname, addresses);
    return onlyAllowed(await addresses, allowAddress);
  }

  return (hostname, _options, callback) => callbackify(allowedAddresses)(hostname, callback);
}

/**
 * Tests a host that is an IP literal, for which no look-up is made.
 *
 * @throws AddressRefusedError
 */
export function ensureAllowedLiteral(url: URL, allowAddress: AllowAddress): void {
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  if (isIP(host)) onlyAllowed([{ address: host, family: isIP(host) }], allowAddress);
}

/**
 * Asks the system, except for `localhost`: a receiver there may listen on either loopback address, and hosts files
 * often name only one.
 */
async function resolveHost(hostname: string): Promise<readonly LookupAddress[]> {
  return /(^|\.)localhost\.?$/i.test(hostname) ? loopback : askSystem(hostname, { all: true, order: "verbatim" });
}

const loopback: readonly LookupAddress[] = [
  { address: "127.0.0.1", family: 4 },
  { address: "::1", family: 6 },
];

function onlyAllowed(found: readonly LookupAddress[], allowAddress: AllowAddress): LookupAddress[] {
  const verdicts = found.map(({ address }) => allowAddress(address));
  const allowed = found.filter((_, i) => verdicts[i] === true);
  if (allowed.length > 0) return allowed;
  const reason = verdicts.find((verdict) => typeof verdict === "string");
  throw new AddressRefusedError(reason ? `Address not allowed: ${reason}` : "Address not allowed");
}
