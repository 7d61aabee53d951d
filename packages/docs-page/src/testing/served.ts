import { once } from "node:events";
import type { AddressInfo } from "node:net";
import express, { type Express } from "express";
import helmet from "helmet";
import { docsPage } from "../docs-page.ts";

export interface Served extends AsyncDisposable {
  readonly url: string;
}

/** Serves a page for a small API, and the API. */
export function serveGreetings(): Promise<Served> {
  const app = express().use(helmet());
  app.use(docsPage({ openapiUrl: "/openapi.json", title: "Bread & <b>butter</b>" }));
  app.get("/openapi.json", (_req, res) => void res.json(document));
  app.get("/greet", (_req, res) => void res.json({ hello: "world" }));
  return serve(app);
}

/** Serves an application on a free port. */
export async function serve(app: Express): Promise<Served> {
  const listening = app.listen(0, "127.0.0.1");
  await once(listening, "listening");
  return {
    url: `http://localhost:${(listening.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(listening, "close");
      listening.close();
      listening.closeAllConnections();
      await closed;
    },
  };
}

const document = {
  openapi: "3.1.0",
  info: { title: "Greetings", version: "1" },
  paths: {
    "/greet/": {
      get: { summary: "Say hello", operationId: "greet", responses: { 200: { description: "A greeting" } } },
    },
  },
};
