import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

import type { AllowAddress } from "./lookup.ts";

export interface AddressRuleOptions {
  /**
   * Also allows loopback, private networks (RFC 1918, `fc00::/7`) and shared ones (`100.64.0.0/10`), for development.
   * False when absent.
   */
  readonly allowPrivate?: boolean;
  /** Addresses and networks that are always allowed, such as `10.1.0.0/16` or `fd00::/8`. */
  readonly allowCidrs?: readonly string[];
}

/**
 * Creates the rule for IP addresses: public ones are allowed, plus those of the options. Refused is everything in
 * IANA's special-purpose registries, link-local addresses with the metadata services of clouds included. An IPv6
 * address with an embedded IPv4 address (NAT64, 6to4, Teredo) passes only if both pass. An IPv4-mapped address is just
 * another notation. Zone ids are ignored.
 *
 * @throws TypeError for a malformed network
 */
export function createAddressRule({ allowPrivate = false, allowCidrs = [] }: AddressRuleOptions = {}): AllowAddress {
  const networks = allowCidrs.map(parseNetwork);
  const reason = allowPrivate ? "neither a public nor a private address" : "not a public address";

  function isAllowed(address: Address): boolean {
    if (networks.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits)))
      return true;
    return isPublic(address) || (allowPrivate && privateRanges.has(address.range()));
  }

  return (ip) => {
    if (!isIP(ip)) return reason;
    const address = parseIp(ip.replace(/%.*$/, ""));
    return [address, ...embeddedAddresses(address)].every(isAllowed) || reason;
  };
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

function parseIp(ip: string): Address {
  if (isIP(ip) === 4) return ipaddr.IPv4.parse(ip);
  // The library confuses ::127.0.0.1 with ::ffff:127.0.0.1. In the URL parser's notation they differ.
  const address = ipaddr.IPv6.parse(new URL(`http://[${ip}]/`).hostname.slice(1, -1));
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

const privateRanges: ReadonlySet<string> = new Set(["loopback", "private", "uniqueLocal", "carrierGradeNat"]);

/** The allocated IPv6 internet. The library does not classify most of the space outside of it. */
const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");

function isPublic(address: Address): boolean {
  return address.range() === "unicast" && (address instanceof ipaddr.IPv4 || address.match(globalUnicast));
}

function embeddedAddresses(address: Address): ipaddr.IPv4[] {
  if (address instanceof ipaddr.IPv4) return [];
  const bytes = address.toByteArray();
  const ipv4At = (start: number, mask = 0): ipaddr.IPv4 =>
    new ipaddr.IPv4(bytes.slice(start, start + 4).map((byte) => byte ^ mask));
  switch (address.range()) {
    case "6to4":
      return [ipv4At(2)];
    case "teredo":
      // The server, and the client with inverted bits (RFC 4380, section 4).
      return [ipv4At(4), ipv4At(12, 0xff)];
    case "rfc6052":
    case "rfc6145":
      return [ipv4At(12)];
    default:
      return [];
  }
}

function parseNetwork(text: string): [Address, number] {
  const bits = isIP(text) === 4 ? 32 : 128;
  const network = isIP(text) ? `${text}/${bits}` : text;
  const [address = ""] = network.split("/");
  if (!isIP(address) || !ipaddr.isValidCIDR(network))
    throw new TypeError(`Not a network such as 10.1.0.0/16 or fd00::/8: ${text}`);
  const parsed = ipaddr.parseCIDR(network);
  // Mapped addresses are judged as IPv4 addresses, so this network would never match.
  if (parsed[0] instanceof ipaddr.IPv6 && parsed[0].isIPv4MappedAddress())
    throw new TypeError(`Write the network as IPv4: ${text}`);
  return parsed;
}
