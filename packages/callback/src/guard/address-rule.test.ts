import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createAddressRule } from "./address-rule.ts";

const strict = createAddressRule();
const development = createAddressRule({ allowPrivate: true });

/** Addresses by the expected verdict. */
const publicOnes = [
  "1.1.1.1",
  "8.8.8.8",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "128.0.0.0",
  "169.253.255.255",
  "169.255.0.0",
  "172.15.255.255",
  "172.32.0.0",
  "192.0.1.1",
  "192.167.255.255",
  "192.169.0.0",
  "198.17.255.255",
  "198.20.0.0",
  "223.255.255.255",
  "2001:4860:4860::8888",
  "2606:4700:4700::1111",
  "2a00:1450:4001::200e",
  "::ffff:8.8.8.8",
];
const privateOnes = [
  "10.0.0.0",
  "10.255.255.255",
  "100.64.0.0",
  "100.127.255.255",
  "127.0.0.1",
  "127.255.255.255",
  "172.16.0.0",
  "172.31.255.255",
  "192.168.0.0",
  "192.168.255.255",
  "::1",
  "::1%lo",
  "fc00::",
  "fd12:3456:789a::1",
  "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "0:0:0:0:0:ffff:0a00:0001",
  "::ffff:192.168.1.1%eth0",
];
const neverOnes = [
  "0.0.0.0",
  "0.255.255.255",
  "169.254.0.1",
  "169.254.169.254",
  "192.0.0.1",
  "192.0.0.170",
  "192.0.2.1",
  "192.88.99.1",
  "198.18.0.0",
  "198.19.255.255",
  "198.51.100.1",
  "203.0.113.1",
  "224.0.0.1",
  "239.255.255.255",
  "240.0.0.1",
  "255.255.255.255",
  "::",
  "::127.0.0.1",
  "::8.8.8.8",
  "::ffff:0.0.0.0",
  "::ffff:169.254.169.254",
  "::ffff:0:127.0.0.1",
  "::ffff:0:8.8.8.8",
  "64:ff9b::127.0.0.1",
  "64:ff9b::8.8.8.8",
  "64:ff9b:1::10.0.0.1",
  "64:ff9b:1:ffff::1",
  "100::1",
  "100:0:0:1::1",
  "2001::1",
  "2001:0:4136:e378:8000:63bf:3fff:fdd2",
  "2001:0:4136:e378:8000:63bf:80ff:fffe",
  "2001:2::1",
  "2001:10::1",
  "2001:20::1",
  "2001:db8::1",
  "2002:7f00:1::",
  "2002:808:808::1",
  "3fff::1",
  "4000::1",
  "5f00::1",
  "fe00::1",
  "fe80::1",
  "fe80::1%eth0",
  "febf::1",
  "fec0::1",
  "ff02::1",
  "ff0e::1",
];
const noAddresses = [
  "",
  "localhost",
  "0x7f.1",
  "2130706433",
  "0177.0.0.1",
  "127.1",
  "1.2.3.4.5",
  "[::1]",
  "8.8.8.8 ",
  "::g",
  "%eth0",
];

it("covers enough addresses", () => {
  expect(publicOnes.length + privateOnes.length + neverOnes.length).toBeGreaterThanOrEqual(80);
});

describe("without options", () => {
  it.each(publicOnes)("%s may be called", (ip) => expect(strict(ip)).toBe(true));

  it.each([...privateOnes, ...neverOnes, ...noAddresses])("%s may not", (ip) => {
    expect(strict(ip)).toBe("not a public address");
  });
});

describe("with private addresses allowed", () => {
  it.each([...publicOnes, ...privateOnes])("%s may be called", (ip) => expect(development(ip)).toBe(true));

  it.each([...neverOnes, ...noAddresses])("%s may not", (ip) => {
    expect(development(ip)).toBe("neither a public nor a private address");
  });
});

describe("with networks allowed", () => {
  it.each([
    ["10.1.0.0/16", "10.1.255.255", true],
    ["10.1.0.0/16", "10.2.0.0", false],
    ["10.1.2.3/16", "10.1.0.0", true],
    ["127.0.0.1", "127.0.0.1", true],
    ["127.0.0.1", "127.0.0.2", false],
    ["127.0.0.1", "::ffff:127.0.0.1", true],
    ["127.0.0.1", "::1", false],
    ["::1", "::1", true],
    ["fd00::/8", "fd12::1%eth0", true],
    ["fd00::/8", "fc00::1", false],
    ["fe80::/10", "fe80::1%eth0", true],
    ["0.0.0.0/0", "169.254.169.254", true],
    ["0.0.0.0/0", "::1", false],
    ["::/0", "::1", true],
    ["::/0", "127.0.0.1", false],
  ])("%s: %s", (network, ip, allowed) => {
    expect(createAddressRule({ allowCidrs: ["192.0.2.0/24", network] })(ip)).toBe(allowed || "not a public address");
  });

  it.each([
    ["64:ff9b::/96", "64:ff9b::8.8.8.8", true],
    ["64:ff9b::/96", "64:ff9b::10.0.0.1", false],
    ["64:ff9b:1::/48", "64:ff9b:1::8.8.8.8", true],
    ["64:ff9b:1::/48", "64:ff9b:1::169.254.169.254", false],
    ["2002::/16", "2002:808:808::1", true],
    ["2002::/16", "2002:a00:1::1", false],
    // 65.54.227.120 is the server; the inverted last four bytes are 192.0.2.45, 127.0.0.1 and 8.8.8.8.
    ["2001::/32", "2001:0:4136:e378:8000:63bf:3fff:fdd2", false],
    ["2001::/32", "2001:0:4136:e378:8000:63bf:80ff:fffe", false],
    ["2001::/32", "2001:0:4136:e378:8000:63bf:f7f7:f7f7", true],
    ["2001::/32", "2001:0:a00:1:8000:63bf:f7f7:f7f7", false],
    ["::ffff:0:0:0/96", "::ffff:0:127.0.0.1", false],
    ["::ffff:0:0:0/96", "::ffff:0:8.8.8.8", true],
  ])("%s alone allows only embedded public addresses: %s", (network, ip, allowed) => {
    expect(createAddressRule({ allowCidrs: [network] })(ip)).toBe(allowed || "not a public address");
    expect(createAddressRule({ allowCidrs: [network, "0.0.0.0/0"] })(ip)).toBe(true);
  });

  it.each([
    "",
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/-1",
    "10/8",
    "fd00::/129",
    "example.org",
    "0x0a.0.0.0/8",
    "10.0.0.0/8/8",
  ])("%j is refused", (network) => {
    expect(() => createAddressRule({ allowCidrs: [network] })).toThrow(
      `Not a network such as 10.1.0.0/16 or fd00::/8: ${network}`,
    );
  });

  it("refuses an IPv4-mapped network, which could never match", () => {
    expect(() => createAddressRule({ allowCidrs: ["::ffff:10.0.0.0/104"] })).toThrow("Write the network as IPv4");
  });
});

it("judges an IPv4-mapped address like the IPv4 address, in every notation", () => {
  const octets = fc.array(fc.oneof(fc.constantFrom(0, 10, 127, 169, 192, 168, 255), fc.nat(255)), {
    minLength: 4,
    maxLength: 4,
  });
  fc.assert(
    fc.property(octets, fc.constantFrom(strict, development), (bytes, rule) => {
      const hex = bytes.map((byte) => byte.toString(16).padStart(2, "0"));
      const groups = `${hex[0]}${hex[1]}:${hex[2]}${hex[3]}`;
      const ip = bytes.join(".");
      for (const mapped of [`::ffff:${ip}`, `::ffff:${groups}`, `0:0:0:0:0:FFFF:${groups}`, `::ffff:${ip}%1`])
        expect(rule(mapped)).toBe(rule(ip));
    }),
  );
});

it("allows no IPv6 address outside of 2000::/3 by default", () => {
  const group = fc.nat(0xffff).map((value) => value.toString(16));
  const first = fc.oneof(fc.integer({ min: 0, max: 0x1fff }), fc.integer({ min: 0x4000, max: 0xffff }));
  fc.assert(
    fc.property(first, fc.array(group, { minLength: 7, maxLength: 7 }), (start, rest) => {
      const mapped = start === 0 && rest.slice(0, 4).every((value) => value === "0") && rest[4] === "ffff";
      fc.pre(!mapped);
      expect(strict(`${start.toString(16)}:${rest.join(":")}`)).toBe("not a public address");
    }),
  );
});
