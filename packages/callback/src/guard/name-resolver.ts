import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { setTimeout as after } from "node:timers/promises";
import { NameLookupError } from "../deliver/failure-reason.ts";
import { boundLookups } from "./bounded-lookups.ts";
import { isLocalhost, loopback, type ResolveHost } from "./lookup.ts";
import { askNameServers } from "./name-servers.ts";
import { namesToTry, parseHosts, parseSearchRules, rereading } from "./resolver-files.ts";

export interface NameResolverOptions {
  /** Addresses of name servers, with a port if it is not 53; those of the system when absent. */
  readonly servers?: readonly string[];
  readonly hostsFile?: string;
  readonly resolvConf?: string;
  /** Asks the system's resolver, which holds a thread until it has an answer. */
  readonly askSystem?: (hostname: string) => Promise<readonly LookupAddress[]>;
}

/**
 * Creates a resolver that an unresponsive name server cannot stop. `getaddrinfo` would wait in one of Node's few threads, so
 * names are looked up in the hosts file and then through c-ares, with the search domains of resolv.conf. The system's resolver
 * gets only names that both do not have, such as mDNS names, one at a time.
 *
 * Lookups are shared, remembered for a moment and bounded by client.
 */
export function createNameResolver({
  servers,
  hostsFile = systemHostsFile,
  resolvConf = "/etc/resolv.conf",
  askSystem = (hostname) => lookup(hostname, { all: true, order: "verbatim" }),
}: NameResolverOptions = {}): ResolveHost {
  const hosts = rereading(hostsFile, parseHosts);
  const searchRules = rereading(resolvConf, parseSearchRules);
  const askInTurn = oneAtATime(askSystem);

  return boundLookups(async (hostname) => {
    // A receiver may listen on either loopback address, and hosts files often list only one.
    if (isLocalhost(hostname)) return loopback;
    const listed = (await hosts()).get(hostname.toLowerCase().replace(/\.$/, ""));
    if (listed !== undefined) return listed;
    // No name below this one exists (RFC 6761, section 6.4).
    if (/(^|\.)invalid\.?$/i.test(hostname)) throw unknownName();
    const found = await askNameServers(namesToTry(hostname, await searchRules()), servers);
    return found ?? askInTurn(hostname);
  });
}

/** How long a name waits for the system to answer for another one. Names that only the system knows are rare. */
const turnMs = 3_000;

function oneAtATime(ask: (hostname: string) => Promise<readonly LookupAddress[]>) {
  let last: Promise<unknown> = Promise.resolve();
  return (hostname: string): Promise<readonly LookupAddress[]> => {
    const gone = new AbortController();
    const answer = last.then(() => (gone.signal.aborted ? [] : ask(hostname)));
    const begun = last.then(() => true);
    last = answer.catch(() => undefined);
    return Promise.race([begun, after(turnMs, false, { ref: false })]).then((isTurn) => {
      if (isTurn) return answer;
      gone.abort();
      throw unknownName();
    });
  };
}

function unknownName(): NameLookupError {
  return new NameLookupError("unknown name");
}

const systemHostsFile = process.platform === "win32" ? String.raw`C:\Windows\System32\drivers\etc\hosts` : "/etc/hosts";
