import { describe, expect, it } from "vitest";

import { failureReason } from "./failure-reason.ts";

function coded(code: string, message = code): Error {
  return Object.assign(new Error(message), { code });
}

describe("failureReason", () => {
  it.each([
    ["ETIMEDOUT", "Connection timed out"],
    ["UND_ERR_CONNECT_TIMEOUT", "Connection timed out"],
    ["EAI_AGAIN", "DNS lookup failed: no answer from the name servers"],
    ["ENOTFOUND", "DNS lookup failed: unknown name"],
    ["EHOSTUNREACH", "Host unreachable"],
    ["ENETUNREACH", "Network unreachable"],
    ["CERT_HAS_EXPIRED", "TLS: certificate has expired"],
    ["CERT_NOT_YET_VALID", "TLS: certificate is not yet valid"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "TLS: self-signed certificate"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "TLS: certificate is not trusted"],
    ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "TLS: tlsv1 alert protocol version"],
    ["SOMETHING_NEW", "Request failed"],
  ])("%s: %s", (code, reason) => {
    expect(failureReason(new TypeError("fetch failed", { cause: coded(code) }))).toBe(reason);
  });

  it("says what is most telling of several addresses, and names none", () => {
    const tried = [coded("ENETUNREACH", "connect ENETUNREACH fd00::1"), coded("ECONNREFUSED", "connect 10.0.0.7:80")];
    const error = new Error("wrapped", { cause: new TypeError("fetch failed", { cause: new AggregateError(tried) }) });
    expect(failureReason(error)).toBe("Connection refused");
  });

  it("takes anything that was thrown", () => {
    expect(failureReason("text")).toBe("Request failed");
    expect(failureReason(undefined)).toBe("Request failed");
  });
});
