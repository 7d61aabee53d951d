import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

import type { AllowAddress } from "./lookup.ts";

export interface AddressRuleOptions {
  /** Also loopback, private networks (RFC 1918, `fc00::/7`) and shared ones (`100.64.0.0/10`), as development needs it; not when absent. */
  readonly allowPrivate?: boolean;
  /** Addresses and networks that are allowed whatever they are, such as `10.1.0.0/16` or `fd00::/8`. */
  readonly allowCidrs?: readonly string[];
}

/**
 * Makes the rule which IP addresses may be called: public ones, and what the options add. Refused is everything in the
 * special-purpose registries of IANA, link-local addresses with their cloud metadata services included. An IPv6 address that
 * has an IPv4 address embedded (NAT64, 6to4, Teredo) passes only if it passes itself and the embedded one as well; an
 * IPv4-mapped one is but another spelling. Zone ids do not count.
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
  // The library takes ::127.0.0.1 for ::ffff:127.0.0.1; spelled by the URL parser they differ.
  const address = ipaddr.IPv6.parse(new URL(`http://[${ip}]/`).hostname.slice(1, -1));
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

const privateRanges: ReadonlySet<string> = new Set(["loopback", "private", "uniqueLocal", "carrierGradeNat"]);

/** All that is allocated to the internet of IPv6; the library knows no name for most of what lies outside. */
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
      // The server, and the client with all bits turned over (RFC 4380, section 4).
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
  // Mapped addresses are judged as the IPv4 addresses they are, so this would never match.
  if (parsed[0] instanceof ipaddr.IPv6 && parsed[0].isIPv4MappedAddress())
    throw new TypeError(`Write the network as IPv4: ${text}`);
  return parsed;
}
