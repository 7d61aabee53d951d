import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { HttpRefusal } from "../http/http-refusal.ts";
import { type CookieSettings, createSessionCookie } from "./session-cookie.ts";

/** How the server is reached, and by which pages. */
export interface SiteSettings extends CookieSettings {
  /** Whether requests need an API key: `off-by-default` when `AUTH` is not set. */
  readonly auth: "on" | "off" | "off-by-default";
  /** Further names, in lower case, that the `Host` header may have. */
  readonly allowedHosts: readonly string[];
  /** Origins of pages that may send writes and read responses; `*` for all. */
  readonly corsOrigins: readonly string[];
}

/** Tells requests of other sites' pages from those of programs and of the server's own pages. */
export interface SiteRules {
  /** Returns the refusal of a request, or null to accept it. */
  refusalOf(request: IncomingMessage): HttpRefusal | null;
  /** The same for a WebSocket, which browsers let any page open. */
  refusalOfWebSocket(request: IncomingMessage): HttpRefusal | null;
}

/**
 * Without API keys, access to the port is enough, and browsers send requests for any page. So the name in `Host` must be one that no other
 * site can point at this address, and writes must not come from a page of another site.
 */
export function createSiteRules(settings: SiteSettings): SiteRules {
  const cookie = createSessionCookie(settings);
  const hasSession = ({ authorization, cookie: header }: IncomingHttpHeaders) =>
    settings.auth === "on" && !hasOwnCredentials(authorization) && cookie.read(header) !== undefined;
  const judge = (request: IncomingMessage, kind: RequestKind) => {
    const { headers } = request;
    return (
      refusalOfProxy(settings, headers) ??
      refusalOfHost(settings, headers.host) ??
      (hasSession(headers) ? refusalOfForgery(settings, request, kind) : null) ??
      (kind === "read" ? null : refusalOfOrigin(settings, headers))
    );
  };
  return {
    refusalOf: (request) => judge(request, readingMethods.has(request.method ?? "") ? "read" : "write"),
    refusalOfWebSocket: (request) => judge(request, "socket"),
  };
}

type RequestKind = "read" | "write" | "socket";

const readingMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Behind a proxy, the default for loopback would open the service to everybody that the proxy serves. */
function refusalOfProxy({ auth }: SiteSettings, headers: IncomingHttpHeaders): HttpRefusal | null {
  if (auth !== "off-by-default") return null;
  const forwarded = Object.keys(headers).find((name) => name === "forwarded" || name.startsWith("x-forwarded-"));
  if (forwarded === undefined) return null;
  return new HttpRefusal(
    403,
    `A proxy forwarded this request (${forwarded}), but the service runs with the settings for one machine. ` +
      "Set AUTH=on, or AUTH=off if the proxy controls access; MODE=production; and PUBLIC_URL, the address of the proxy",
  );
}

/** DNS rebinding: a page can point its own name at this machine and would then read responses as its own. */
function refusalOfHost(settings: SiteSettings, host: string | undefined): HttpRefusal | null {
  // A request without `Host` is HTTP/1.0, which browsers do not send.
  if (settings.auth === "on" || host === undefined || isOwnHost(settings, host)) return null;
  return new HttpRefusal(421, `This server does not answer for the host ${host}: name it in ALLOWED_HOSTS`);
}

function isOwnHost({ allowedHosts, publicUrl }: SiteSettings, host: string): boolean {
  const [, literal, text = ""] = /^(?:\[([\da-f:.]+)\]|([^\s:/?#@[\]\\]+))(?::\d*)?$/i.exec(host) ?? [];
  if (literal !== undefined) return isIP(literal) === 6;
  const name = text.toLowerCase().replace(/\.$/, "");
  if (name === "") return false;
  if (isIP(name) === 4 || !name.includes(".")) return true;
  if (name.endsWith(".localhost") || name.endsWith(".internal")) return true;
  return name === publicUrl?.hostname || allowedHosts.includes(name);
}

/** Browsers add the cookie of a session to what neighbours' pages send too, so the request must come from a page of this server. */
function refusalOfForgery(settings: SiteSettings, request: IncomingMessage, kind: RequestKind): HttpRefusal | null {
  const { origin, "sec-fetch-site": site } = request.headers;
  // The page of the dashboard and its files are the same for everybody, and neighbours may link to them.
  if (kind === "read" && /^\/(?:ui(?:\/[^?]*)?)?(?:\?|$)/.test(request.url ?? "")) return null;
  // Only to https and loopback do browsers send the header, and not with every WebSocket.
  const isNear = site === undefined || site === "same-origin" || (site === "none" && kind === "read");
  const needsOrigin = kind === "socket" || (kind === "write" && site === undefined);
  if (isNear && (!needsOrigin || isOwnOrigin(settings, request.headers))) return null;
  const page = origin === undefined ? "of other sites" : `of ${origin}`;
  return new HttpRefusal(403, `A session is only for pages of this server: pages ${page} need an API key`);
}

/** Writes are accepted only from programs and from pages of this server or of an allowed origin. */
function refusalOfOrigin(settings: SiteSettings, headers: IncomingHttpHeaders): HttpRefusal | null {
  if (hasOwnCredentials(headers.authorization)) return null;
  const { origin, host, "sec-fetch-site": site } = headers;
  if (origin === undefined) return site === undefined || nearSites.has(String(site)) ? null : foreign();
  if (isAllowedOrigin(settings, origin)) return null;
  // A page over http on the same host is cross-site to https, and anybody on the network can forge one.
  return URL.parse(origin)?.host === host?.toLowerCase() && site !== "cross-site" ? null : foreign(origin);
}

const nearSites: ReadonlySet<string> = new Set(["same-origin", "none"]);

/** Browsers add these schemes to requests of any page. Other credentials come from a program or an allowed page. */
function hasOwnCredentials(authorization: string | undefined): boolean {
  return authorization !== undefined && !/^\s*(?:basic|digest|negotiate|ntlm)\b/i.test(authorization);
}

function isOwnOrigin({ publicUrl }: SiteSettings, { origin, host }: IncomingHttpHeaders): boolean {
  if (origin === undefined) return false;
  return origin === publicUrl?.origin || URL.parse(origin)?.host === host?.toLowerCase();
}

function isAllowedOrigin({ corsOrigins, publicUrl }: SiteSettings, origin: string): boolean {
  return corsOrigins.includes("*") || corsOrigins.includes(origin) || origin === publicUrl?.origin;
}

function foreign(origin?: string): HttpRefusal {
  const page = origin === undefined ? "of other sites" : `of ${origin}`;
  return new HttpRefusal(
    403,
    `Pages ${page} may not change anything here: name their origin in CORS_ORIGINS, or the service's own in PUBLIC_URL`,
  );
}
