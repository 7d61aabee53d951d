import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export interface SiteRequest {
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

export interface SiteAnswer {
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the connection breaks after the body instead of ending it. */
  readonly breaks?: boolean;
}

export interface PriceSite extends AsyncDisposable {
  readonly origin: string;
  readonly requests: readonly SiteRequest[];
}

/** Starts a site of prices on a loopback port. An answer of null never comes. */
export async function startPriceSite(answer: (request: SiteRequest) => SiteAnswer | string | null): Promise<PriceSite> {
  const requests: SiteRequest[] = [];
  const server = createServer((request, response) => {
    const asked = { url: request.url ?? "", headers: request.headers };
    requests.push(asked);
    const given = answer(asked);
    if (given === null) return;
    const {
      status = 200,
      body = "",
      headers = {},
      breaks = false,
    } = typeof given === "string" ? { body: given } : given;
    response.writeHead(status, headers);
    if (!breaks) return void response.end(body);
    response.write(body, () => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
