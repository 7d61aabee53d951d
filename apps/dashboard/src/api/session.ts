import { serviceUrl } from "./base-path.ts";

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
