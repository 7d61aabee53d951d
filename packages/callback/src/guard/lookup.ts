import type { LookupAddress } from "node:dns";
import { AsyncLocalStorage } from "node:async_hooks";
import { isIP, type LookupFunction } from "node:net";
import { callbackify } from "node:util";

import { AddressRefusedError, NameLookupError } from "../deliver/failure-reason.ts";

/**
 * Whether this IP address may be called: `true`, `false`, or the reason why not. The reason is shown when the client
 * wrote the address itself.
 */
export type AllowAddress = (ip: string) => boolean | string;

/** Resolves a host name to all its addresses, for the client that a delivery names. */
export type ResolveHost = (hostname: string, client?: string) => Promise<readonly LookupAddress[]>;

export interface LookupOptions {
  readonly allowAddress?: AllowAddress | undefined;
  /**
   * Whether an unknown name and a name with only refused addresses fail alike, so that clients cannot probe for names of
   * an internal network.
   */
  readonly hidesNames?: boolean | undefined;
}

/** For whom the connections of the current delivery are made. A connection's lookup has no other way to know. */
export const clientOfDelivery = new AsyncLocalStorage<string | undefined>();

/**
 * Creates the lookup of connections (with `autoSelectFamily`, which requests all addresses). Every address of the name
 * is judged and only allowed ones are dialled, which defeats DNS rebinding.
 */
export function createLookup(
  resolve: ResolveHost,
  { allowAddress, hidesNames = false }: LookupOptions,
): LookupFunction {
  async function allowedAddresses(hostname: string): Promise<LookupAddress[]> {
    const found = await resolve(hostname, clientOfDelivery.getStore()).catch((error: unknown) => {
      const isUnknown = !(error instanceof NameLookupError) || error.reason === "unknown name";
      throw hidesNames && isUnknown ? new AddressRefusedError(hiddenReason) : error;
    });
    if (found.length === 0 && !hidesNames) throw new NameLookupError("unknown name");
    const allowed = allowAddress ? found.filter(({ address }) => allowAddress(address) === true) : [...found];
    if (allowed.length > 0) return allowed;
    throw new AddressRefusedError(hidesNames ? hiddenReason : "DNS lookup failed: no address that may be called");
  }

  return (hostname, _options, callback) => callbackify(allowedAddresses)(hostname, callback);
}

const hiddenReason = "DNS lookup failed: unknown name, or no address that may be called";

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
