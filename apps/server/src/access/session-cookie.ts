import { parseCookie, stringifySetCookie } from "cookie";

/** How browsers reach the server. */
export interface CookieSettings {
  /** Null when not set. Only this tells whether browsers use https. */
  readonly publicUrl: URL | null;
  /** The path below which a proxy mounts the service; empty for the root. */
  readonly basePath: string;
}

/** The cookie that holds the token of a session. */
export interface SessionCookie {
  /** The token in a `Cookie` header; undefined if there is none. */
  read(header: string | undefined): string | undefined;
  /** The `Set-Cookie` header that hands a token to the browser. */
  set(token: string, seconds: number): string;
  /** The `Set-Cookie` header that takes it away. */
  clear(): string;
}

/** Scripts cannot read the cookie, and browsers do not add it to requests of other sites. */
export function createSessionCookie({ publicUrl, basePath }: CookieSettings): SessionCookie {
  const secure = publicUrl?.protocol === "https:";
  // Browsers accept the prefix `__Host-` for the path `/` only.
  const prefix = secure ? (basePath === "" ? "__Host-" : "__Secure-") : "";
  const name = `${prefix}strategy-executor-session`;
  const attributes = {
    name,
    path: basePath === "" ? "/" : basePath,
    httpOnly: true,
    sameSite: "strict",
    secure,
  } as const;
  return {
    read: (header) => (header === undefined ? undefined : parseCookie(header)[name]),
    set: (value, maxAge) => stringifySetCookie({ ...attributes, value, maxAge }),
    clear: () => stringifySetCookie({ ...attributes, value: "", maxAge: 0 }),
  };
}
