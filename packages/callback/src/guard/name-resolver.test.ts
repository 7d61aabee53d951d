import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createDeliverer } from "../deliver/deliver.ts";
import { startNameServer } from "../testing/name-server.ts";
import { receiver } from "../testing/receiver.ts";
import { createNameResolver, type NameResolverOptions } from "./name-resolver.ts";
import { namesToTry, parseHosts, parseSearchRules } from "./resolver-files.ts";

const loopback = [{ address: "127.0.0.1", family: 4 }];
const unknown = () => Promise.reject(Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" }));

/** Asks only this server, and a system that knows nothing. */
const asking = (address: string, more: NameResolverOptions = {}) =>
  createNameResolver({ servers: [address], hostsFile: "", resolvConf: "", askSystem: unknown, ...more });

describe("a name", () => {
  it("is looked up in the hosts file, then by the name servers, then by the system", async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "names-"));
    const hostsFile = join(folder.path, "hosts");
    await writeFile(hostsFile, "# of a test\n192.0.2.1 Listed listed.example # twice\n2001:db8::1 listed\n");
    await using server = await startNameServer({ "served.example": ["192.0.2.2", "192.0.2.3"] });
    const system: string[] = [];
    const resolve = asking(server.address, {
      hostsFile,
      askSystem: async (hostname) => (system.push(hostname), [{ address: "192.0.2.4", family: 4 }]),
    });
    expect(await resolve("LISTED")).toEqual([
      { address: "192.0.2.1", family: 4 },
      { address: "2001:db8::1", family: 6 },
    ]);
    expect(await resolve("listed.example.")).toEqual([{ address: "192.0.2.1", family: 4 }]);
    expect(server.questions).toEqual([]);
    expect((await resolve("served.example")).map(({ address }) => address).toSorted()).toEqual([
      "192.0.2.2",
      "192.0.2.3",
    ]);
    expect(system).toEqual([]);
    expect(await resolve("printer.local")).toEqual([{ address: "192.0.2.4", family: 4 }]);
    expect(system).toEqual(["printer.local"]);
  });

  it("that is localhost is both loopback addresses, whatever a file or server says", async () => {
    await using server = await startNameServer({ "*": ["192.0.2.1"] });
    const resolve = asking(server.address);
    for (const name of ["localhost", "LOCALHOST.", "a.localhost"]) {
      expect((await resolve(name)).map(({ address }) => address)).toEqual(["127.0.0.1", "::1"]);
    }
    expect(server.questions).toEqual([]);
  });

  it("is completed by the search domains of resolv.conf", async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "names-"));
    const resolvConf = join(folder.path, "resolv.conf");
    await writeFile(resolvConf, "nameserver 192.0.2.53\nsearch one.example two.example.\noptions ndots:2 edns0\n");
    await using server = await startNameServer({ "db.two.example": ["192.0.2.2"], "a.b.c": ["192.0.2.3"] });
    const resolve = asking(server.address, { resolvConf });
    expect(await resolve("db")).toEqual([{ address: "192.0.2.2", family: 4 }]);
    expect(await resolve("a.b.c")).toEqual([{ address: "192.0.2.3", family: 4 }]);
    expect(new Set(server.questions.map((question) => question.split(" ")[1]))).toEqual(
      new Set(["db.one.example", "db.two.example", "a.b.c"]),
    );
    await expect(resolve("db.")).rejects.toMatchObject({ code: "ENOTFOUND" });
  });

  it("is looked up once by all who ask at once, and remembered for a moment", async () => {
    await using server = await startNameServer({ "a.example": ["192.0.2.1"], "b.example": ["192.0.2.2"] });
    const resolve = asking(server.address);
    await Promise.all([resolve("a.example", "one"), resolve("A.example", "two"), resolve("b.example", "one")]);
    await resolve("a.example");
    expect(server.questions.toSorted()).toEqual(["A a.example", "A b.example", "AAAA a.example", "AAAA b.example"]);
  });

  it("that only the system may know is asked for one at a time, and waits a moment for its turn", async () => {
    await using server = await startNameServer({});
    const system: string[] = [];
    const resolve = asking(server.address, {
      askSystem: (hostname) => {
        system.push(hostname);
        return new Promise(() => {});
      },
    });
    void resolve("hangs.example");
    await server.asked(2);
    await expect(resolve("other.example")).rejects.toThrow("DNS lookup failed: unknown name");
    expect(system).toEqual(["hangs.example"]);
  });
});

describe("a name server without an answer", () => {
  it("is given up, without asking the system", async () => {
    await using server = await startNameServer({ "*": "silence" });
    const resolve = asking(server.address, { askSystem: () => Promise.reject(new Error("asked")) });
    await expect(resolve("slow.example")).rejects.toThrow("DNS lookup failed: no answer from the name servers");
  });

  it("delays only the client whose names it does not answer", async () => {
    await using server = await startNameServer({ "fast.example": ["127.0.0.1"], "*": "silence" });
    await using open = await receiver((_request, response) => response.end());
    await using deliverer = createDeliverer({ resolveHost: asking(server.address) });
    const ending = new AbortController();
    const post = (name: string, client: string) => {
      const url = `http://${name}:${open.port}/`;
      return deliverer.deliver({ url, client, body: "{}", timeoutMs: 60_000, signal: ending.signal });
    };
    const slow = Array.from({ length: 200 }, (_, i) => post(`${i}.slow.example`, "one"));
    const ended = Promise.allSettled(slow);
    await server.asked(64);
    expect(await post("fast.example", "two")).toMatchObject({ statusCode: 200 });
    const asked = server.questions.flatMap((question) => /\d+\.slow/.exec(question) ?? []);
    expect(new Set(asked).size).toBeLessThanOrEqual(32);
    ending.abort();
    await ended;
  });

  it("does not keep back the addresses of the other family", async () => {
    await using server = await startNameServer({ "v4.example": ["127.0.0.1"], "AAAA v4.example": "silence" });
    const resolve = asking(server.address);
    expect(await resolve("v4.example")).toEqual(loopback);
  });
});

describe("resolver files", () => {
  it("are read whatever they hold", () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom("search a b", "options ndots:9999", "options ndots:x", "domain", "::1 x"),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const text = lines.join("\n");
        for (const addresses of parseHosts(text).values()) expect(addresses.length).toBeGreaterThan(0);
        const rules = parseSearchRules(text);
        expect(rules.ndots).toBeLessThanOrEqual(15);
        expect(namesToTry("name", rules)).toContain("name");
      }),
    );
  });

  it("follow resolv.conf(5)", () => {
    expect(parseSearchRules("domain a\nsearch b c\n#search d\n;search e")).toEqual({ domains: ["b", "c"], ndots: 1 });
    const rules = { domains: ["x", "y"], ndots: 2 };
    expect(namesToTry("a", rules)).toEqual(["a.x", "a.y", "a"]);
    expect(namesToTry("a.b.c", rules)).toEqual(["a.b.c", "a.b.c.x", "a.b.c.y"]);
    expect(namesToTry("a.", rules)).toEqual(["a"]);
  });
});
