import { CANCELLED, type LookupAddress, SERVFAIL, TIMEOUT } from "node:dns";
import { Resolver } from "node:dns/promises";
import { setTimeout as after } from "node:timers/promises";
import { NameLookupError } from "../deliver/failure-reason.ts";

/** Time for the first answer of a server; the second try waits twice as long. */
const timeoutMs = 1_500;
/** When a name is given up, however many servers there are. */
const lookupMs = 6_000;
/** How long the addresses of one family wait for those of the other (RFC 8305, section 3). */
const otherFamilyMs = 300;

/**
 * Asks the name servers for the first of these names that has addresses; null when they know none of them. c-ares waits
 * for answers without a thread.
 *
 * @param servers those of the system when absent
 * @throws NameLookupError when they do not answer in time
 */
export async function askNameServers(
  names: readonly string[],
  servers: readonly string[] | undefined,
): Promise<LookupAddress[] | null> {
  // A resolver reads resolv.conf when it is made, so that changes of the file hold at once.
  const resolver = new Resolver({ timeout: timeoutMs, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  const timer = setTimeout(() => resolver.cancel(), lookupMs);
  try {
    for (const name of names) {
      const addresses = await addressesOf(name, resolver);
      if (addresses.length > 0) return addresses;
    }
    return null;
  } finally {
    clearTimeout(timer);
    resolver.cancel();
  }
}

async function addressesOf(name: string, resolver: Resolver): Promise<LookupAddress[]> {
  const v4 = resolver.resolve4(name).then((found) => found.map((address) => ({ address, family: 4 })));
  const v6 = resolver.resolve6(name).then((found) => found.map((address) => ({ address, family: 6 })));
  const families = [v4, v6];
  const first = await Promise.any(families).catch(() => []);
  if (first.length > 0) {
    const late = after(otherFamilyMs, [], { ref: false });
    return (await Promise.all(families.map((family) => Promise.race([family.catch(() => []), late])))).flat();
  }
  const failures = await Promise.allSettled(families);
  const codes = failures.map((failure) => (failure.status === "rejected" ? String(failure.reason.code) : ""));
  if (codes.some((code) => unanswered.has(code))) throw new NameLookupError("no answer from the name servers");
  return [];
}

/** The system has the same name servers: it would not get an answer either, and would wait for it in a thread. */
const unanswered: ReadonlySet<string> = new Set([TIMEOUT, SERVFAIL, CANCELLED]);
