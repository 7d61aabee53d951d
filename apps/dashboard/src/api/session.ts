import { useQuery } from "@tanstack/react-query";
import { serviceUrl } from "./base-path.ts";
import { queryOf } from "./queries.ts";

export type Scope = "read" | "execute" | "admin";

/** The current user, and what the service offers. */
export function useSession() {
  return useQuery({ ...queryOf("getSession", {}), staleTime: 60_000 });
}

/** Whether the user has a scope. Controls without it are hidden; the service refuses such calls in any case. */
export function useMay(scope: Scope): boolean {
  const { data, isError } = useSession();
  if (data === undefined) return isError;
  return data.scopes.includes(scope) || data.scopes.includes("admin");
}

/** Whether a copied call names an API key. It does until the answer is known: a service without keys ignores it. */
export function useNeedsKey(): boolean {
  return useSession().data?.auth !== "off";
}

/** Exchanges an API key for a session cookie, which scripts cannot read. The key is not stored. */
export async function signIn(
  apiKey: string,
): Promise<"signed in" | "refused" | "unreachable" | { readonly retryAfter: number }> {
  const response = await fetch(serviceUrl("/ui/session"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ api_key: apiKey }),
  });
  if (response.ok) return "signed in";
  if (response.status === 429) return { retryAfter: Number(response.headers.get("retry-after")) };
  return response.status >= 500 ? "unreachable" : "refused";
}

/** Ends the session. */
export async function signOut(): Promise<void> {
  await fetch(serviceUrl("/ui/session"), { method: "DELETE" });
}
