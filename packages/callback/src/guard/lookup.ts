import type { LookupAddress } from "node:dns";
import { lookup as askSystem } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import { callbackify } from "node:util";

import { AddressRefusedError } from "../deliver/failure-reason.ts";

/** May this IP address be called? `true`, or `false`, or the reason why not, shown where the client wrote the address itself. */
export type AllowAddress = (ip: string) => boolean | string;

/** All addresses of a host name. */
export type ResolveHost = (hostname: string) => Promise<readonly LookupAddress[]>;

/**
 * The look-up that connections are made with (`autoSelectFamily`, so that all addresses are wanted). Every address of the
 * name is tested and only the allowed ones are dialled: a name that resolves differently a moment later gains nothing.
 * Simultaneous look-ups of one name are made once: the system resolver has few threads, and a name that it is slow to
 * answer must not occupy them all.
 *
 * With a rule, a name that has no address and one that has only addresses which may not be called look alike: whoever gives
 * us names to call must not learn which of them exist on the inside.
 */
export function createLookup(allowAddress?: AllowAddress, resolve: ResolveHost = resolveHost): LookupFunction {
  const underWay = new Map<string, Promise<readonly LookupAddress[]>>();

  async function allowedAddresses(hostname: string): Promise<LookupAddress[]> {
    const addresses = underWay.get(hostname) ?? resolve(hostname).finally(() => underWay.delete(hostname));
    underWay.set(hostname, addresses);
    if (!allowAddress) return [...(await addresses)];
    const found = await addresses.catch(() => []);
    const allowed = found.filter(({ address }) => allowAddress(address) === true);
    if (allowed.length === 0) throw new AddressRefusedError("DNS lookup failed: no address that may be called");
    return allowed;
  }

  return (hostname, _options, callback) => callbackify(allowedAddresses)(hostname, callback);
}

/**
 * Tests a host that is an IP literal, for which no look-up is made.
 *
 * @throws AddressRefusedError
 */
export function ensureAllowedLiteral(url: URL, allowAddress: AllowAddress): void {
  const host = literalAddress(url);
  const verdict = isIP(host) ? allowAddress(host) : true;
  if (verdict === true) return;
  throw new AddressRefusedError(verdict ? `Address not allowed: ${verdict}` : "Address not allowed");
}

/** The host of a URL without the brackets of IPv6. */
export function literalAddress(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}

/** Whether a host name means the machine itself, by RFC 6761. */
export function isLocalhost(hostname: string): boolean {
  return /(^|\.)localhost\.?$/i.test(hostname);
}

/** What `localhost` is. */
export const loopback: readonly LookupAddress[] = [
  { address: "127.0.0.1", family: 4 },
  { address: "::1", family: 6 },
];

/**
 * Asks the system, except for `localhost`: a receiver there may listen on either loopback address, and hosts files
 * often name only one.
 */
async function resolveHost(hostname: string): Promise<readonly LookupAddress[]> {
  return isLocalhost(hostname) ? loopback : askSystem(hostname, { all: true, order: "verbatim" });
}
