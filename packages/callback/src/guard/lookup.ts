import type { LookupAddress } from "node:dns";
import { lookup as askSystem } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import { callbackify } from "node:util";

import { AddressRefusedError } from "../deliver/failure-reason.ts";

/**
 * Whether this IP address may be called: `true`, `false`, or the reason why not. The reason is shown when the client
 * wrote the address itself.
 */
export type AllowAddress = (ip: string) => boolean | string;

/** Resolves a host name to all its addresses. */
export type ResolveHost = (hostname: string) => Promise<readonly LookupAddress[]>;

/**
 * Creates the lookup of connections (with `autoSelectFamily`, which requests all addresses). Every address of the name
 * is judged and only allowed ones are dialled, which defeats DNS rebinding. Concurrent lookups of one name are shared:
 * the system resolver has few threads, and a slow name must not occupy them all.
 *
 * With a rule, an unknown name and a name with only refused addresses fail alike, so that clients cannot probe for
 * internal names.
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
 * Judges a host that is an IP literal, which needs no lookup.
 *
 * @throws AddressRefusedError
 */
export function ensureAllowedLiteral(url: URL, allowAddress: AllowAddress): void {
  const host = literalAddress(url);
  const verdict = isIP(host) ? allowAddress(host) : true;
  if (verdict === true) return;
  throw new AddressRefusedError(verdict ? `Address not allowed: ${verdict}` : "Address not allowed");
}

/** The address in a URL's host, without the brackets of IPv6. */
export function literalAddress(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}

/** Whether a host name means this machine (RFC 6761). */
export function isLocalhost(hostname: string): boolean {
  return /(^|\.)localhost\.?$/i.test(hostname);
}

/** The addresses of `localhost`. */
export const loopback: readonly LookupAddress[] = [
  { address: "127.0.0.1", family: 4 },
  { address: "::1", family: 6 },
];

/**
 * Asks the system resolver, except for `localhost`: a receiver may listen on either loopback address, and hosts files
 * often list only one.
 */
async function resolveHost(hostname: string): Promise<readonly LookupAddress[]> {
  return isLocalhost(hostname) ? loopback : askSystem(hostname, { all: true, order: "verbatim" });
}
