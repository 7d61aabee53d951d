import { isIP } from "node:net";

import { type AddressRuleOptions, createAddressRule } from "./address-rule.ts";
import { blockedPorts } from "./blocked-ports.ts";
import { portOf, urlProblem } from "../address/http-url.ts";
import { type AllowAddress, isLocalhost, literalAddress, loopback } from "./lookup.ts";

export interface GuardOptions extends AddressRuleOptions {
  /** Also `http`; only `https` when absent. */
  readonly allowHttp?: boolean;
  /** Ports and ranges of them, such as `443` and `8000-8999`; all when absent. Those that `fetch` refuses are never allowed. */
  readonly allowPorts?: readonly string[];
  /** `checkUrl` says nothing of the ports that `fetch` refuses; the attempt to deliver fails with `Port not allowed`. */
  readonly leaveBlockedPorts?: boolean;
}

/** Keeps callers from using the sender to reach what only the sender can reach. Its parts are options of `createDeliverer`. */
export interface CallbackGuard {
  /**
   * Why a callback can plainly not go to a URL, or nothing when it may. Makes no look-up, so it suits the moment when an
   * address is given; it says nothing that is not in the URL itself.
   */
  readonly checkUrl: (url: string) => string | undefined;
  /** Asked about every address before it is dialled. */
  readonly allowAddress: AllowAddress;
}

/**
 * Makes a guard: public addresses over https, and what the options add.
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

  return { checkUrl, allowAddress };
}

/** What is known of a host without asking anybody. */
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
