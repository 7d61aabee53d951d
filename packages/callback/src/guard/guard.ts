import { isIP } from "node:net";

import { type AddressRuleOptions, createAddressRule } from "./address-rule.ts";
import { blockedPorts } from "./blocked-ports.ts";
import { portOf, urlProblem } from "../address/http-url.ts";
import { type AllowAddress, isLocalhost, literalAddress, loopback } from "./lookup.ts";

export interface GuardOptions extends AddressRuleOptions {
  /** Also allows `http`; only `https` when absent. */
  readonly allowHttp?: boolean;
  /**
   * Allowed ports and ranges, such as `443` and `8000-8999`; all when absent. Ports that `fetch` blocks are never
   * allowed.
   */
  readonly allowPorts?: readonly string[];
  /** `checkUrl` ignores the ports that `fetch` blocks; the delivery attempt then fails with `Port not allowed`. */
  readonly leaveBlockedPorts?: boolean;
}

/**
 * Prevents server-side request forgery: callers must not reach through the sender what only the sender can reach. Its
 * members are options of `createDeliverer`.
 */
export interface CallbackGuard {
  /**
   * The reason why a URL is refused; undefined when it is allowed. Makes no DNS lookup, so it suits the moment when an
   * address is given, and reveals nothing that is not in the URL itself.
   */
  readonly checkUrl: (url: string) => string | undefined;
  /** Judges every address before a connection. */
  readonly allowAddress: AllowAddress;
  /** Whether reasons leave open if a name is unknown or leads to a refused address; true unless private addresses are allowed. */
  readonly hidesNames: boolean;
}

/**
 * Creates a guard: public addresses over https, plus what the options allow.
 *
 *     const guard = createGuard({ allowCidrs: ["10.1.0.0/16"] });
 *     const problem = guard.checkUrl(callbackUrl);
 *     await using deliverer = createDeliverer(guard);
 *
 * @throws TypeError for a malformed network or port
 */
export function createGuard(options: GuardOptions = {}): CallbackGuard {
  const allowAddress = createAddressRule(options);
  const ranges = options.allowPorts?.map(parsePorts);

  function checkUrl(text: string): string | undefined {
    const problem = urlProblem(text);
    if (problem) return problem;
    const url = new URL(text);
    if (url.protocol === "http:" && !options.allowHttp) return "https is required";

    const port = portOf(url);
    const isOpen = ranges?.some(([first, last]) => first <= port && port <= last) ?? true;
    if ((blockedPorts.has(port) && !options.leaveBlockedPorts) || !isOpen) return `port ${port} may not be called`;

    const verdicts = addressesIn(url).map((address) => allowAddress(address));
    if (verdicts.length === 0 || verdicts.includes(true)) return undefined;
    return verdicts.find((verdict) => typeof verdict === "string");
  }

  return { checkUrl, allowAddress, hidesNames: options.allowPrivate !== true };
}

/** The addresses of a host that are known without a DNS lookup. */
function addressesIn(url: URL): readonly string[] {
  const literal = literalAddress(url);
  if (isIP(literal)) return [literal];
  return isLocalhost(literal) ? loopback.map(({ address }) => address) : [];
}

function parsePorts(text: string): [first: number, last: number] {
  const [, first = "", last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const range: [number, number] = [Number(first), Number(last)];
  if (first === "" || range[0] < 1 || range[1] > 65_535 || range[0] > range[1])
    throw new TypeError(`Not a port such as 443 or a range such as 8000-8999: ${text}`);
  return range;
}
