import { useQuery } from "@tanstack/react-query";
import { serviceUrl } from "./base-path.ts";
import { queryOf } from "./queries.ts";

export type Scope = "read" | "execute" | "admin";

/** Who is asking, and what the service offers. */
export function useSession() {
  return useQuery({ ...queryOf("getSession", {}), staleTime: 60_000 });
}

/** Whether the reader may do something. What they may not do is not shown; the service refuses it in any case. */
export function useMay(scope: Scope): boolean {
  const { data, isError } = useSession();
  if (data === undefined) return isError;
  return data.scopes.includes(scope) || data.scopes.includes("admin");
}

/** Exchanges an API key for a session. The key is kept nowhere; the cookie is out of reach of scripts. */
export async function signIn(apiKey: string): Promise<"signed in" | "refused" | "busy"> {
  const response = await fetch(serviceUrl("/ui/session"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ api_key: apiKey }),
  });
  if (response.ok) return "signed in";
  return response.status === 429 || response.status >= 500 ? "busy" : "refused";
}

/** Ends the session. */
export async function signOut(): Promise<void> {
  await fetch(serviceUrl("/ui/session"), { method: "DELETE" });
}
