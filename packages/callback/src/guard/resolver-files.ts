import type { LookupAddress } from "node:dns";
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";

/** The addresses of names in a hosts file (hosts(5)), names in lower case. */
export function parseHosts(text: string): ReadonlyMap<string, readonly LookupAddress[]> {
  const hosts = new Map<string, LookupAddress[]>();
  for (const [address = "", ...names] of words(text)) {
    const family = isIP(address);
    if (family === 0) continue;
    for (const name of new Set(names.map((one) => one.toLowerCase()))) {
      const known = hosts.get(name) ?? [];
      if (!known.some((other) => other.address === address)) known.push({ address, family });
      hosts.set(name, known);
    }
  }
  return hosts;
}

/** What resolv.conf(5) says of names that are not complete. */
export interface SearchRules {
  /** Domains that are tried behind a name. */
  readonly domains: readonly string[];
  /** A name with so many dots is tried as it is first. */
  readonly ndots: number;
}

export function parseSearchRules(text: string): SearchRules {
  let domains: readonly string[] = [];
  let ndots = 1;
  for (const [keyword, ...values] of words(text)) {
    // The last of these lines holds.
    if (keyword === "search") domains = values.slice(0, maxDomains);
    if (keyword === "domain") domains = values.slice(0, 1);
    if (keyword !== "options") continue;
    for (const option of values) ndots = Math.min(Number(/^ndots:(\d+)$/.exec(option)?.[1] ?? ndots), 15);
  }
  return { domains: domains.map((domain) => domain.replace(/^\.|\.$/g, "")).filter((domain) => domain !== ""), ndots };
}

/** The names to ask for, in order. A name that ends with a dot is complete. */
export function namesToTry(name: string, { domains, ndots }: SearchRules): readonly string[] {
  if (name.endsWith(".")) return [name.slice(0, -1)];
  const extended = domains.map((domain) => `${name}.${domain}`);
  return name.split(".").length > ndots ? [name, ...extended] : [...extended, name];
}

/** Reads and parses a file again when the last reading is this old. A file that cannot be read is empty. */
export function rereading<T>(path: string, parse: (text: string) => T): () => Promise<T> {
  let last: { readonly parsed: Promise<T>; readonly at: number } | null = null;
  return () => {
    if (last === null || performance.now() - last.at > rereadMs) {
      last = {
        parsed: readFile(path, "utf8")
          .catch(() => "")
          .then(parse),
        at: performance.now(),
      };
    }
    return last.parsed;
  };
}

const rereadMs = 5_000;
/** More would multiply the time that an unknown name takes. */
const maxDomains = 6;

function words(text: string): string[][] {
  return text.split("\n").map((line) =>
    line
      .replace(/[#;].*/, "")
      .trim()
      .split(/\s+/),
  );
}
