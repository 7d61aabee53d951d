import { CallbackAddressError, resolveAddress } from "@strategy-executor/callback";
import { docsPage } from "@strategy-executor/docs-page";
import express, { type Express, type Request, type RequestHandler } from "express";
import helmet from "helmet";
import { z } from "zod";
import { CallbackUrl, Invoice } from "./invoice.ts";
import type { InvoiceBook } from "./invoice-book.ts";
import { invoiceNotification } from "./invoice-notification.ts";
import type { Log } from "./log.ts";
import { openapiDocument } from "./openapi.ts";
import type { Outbox } from "./outbox.ts";
import { allowOnly, parseRequest, problemHandler, RequestError, unknownPath } from "./problem.ts";

const CreateInvoice = z.object({ query: z.object({ callback_url: CallbackUrl.optional() }), body: Invoice });

/** The HTTP application. A trailing slash is optional on every path. */
export function createApp(book: InvoiceBook, outbox: Outbox, log: Log): Express {
  const app = express();
  app.set("query parser", "simple");
  app.use(helmet());
  app.use(docsPage({ openapiUrl: "/openapi.json", title: "Invoices" }));

  const document = openapiDocument();
  app.get("/openapi.json", (_req, res) => {
    res.json(document);
  });

  const createInvoice: RequestHandler = (req, res) => {
    const { query, body } = parseRequest(CreateInvoice, { query: req.query, body: req.body as unknown });
    const callbackUrl = query.callback_url === undefined ? null : callbackAddress(req);
    if (!book.add(body, callbackUrl)) throw new RequestError(409, `There is already an invoice ${body.id}`);
    res.json({ msg: "Invoice received" });
  };
  app.route("/invoices").post(requireJson, express.json(), createInvoice).all(allowOnly("POST"));

  app
    .route("/invoices/:id")
    .get((req, res) => {
      res.json(find(req.params.id));
    })
    .all(allowOnly("GET"));

  app
    .route("/invoices/:id/payment")
    .post((req, res) => {
      const { id } = find(req.params.id);
      if (!book.recordPayment(id)) throw new RequestError(409, `Invoice ${id} is paid already`);
      outbox.wake();
      res.json({ msg: "Payment recorded" });
    })
    .all(allowOnly("POST"));

  function find(id: string) {
    const invoice = book.get(id);
    if (invoice === null) throw new RequestError(404, `There is no invoice ${id}`);
    return invoice;
  }

  app.use(unknownPath);
  app.use(problemHandler(log));
  return app;
}

/**
 * Resolves the callback address of the request. An unresolvable one is refused now, not sent to a wrong address later.
 */
function callbackAddress(req: Request): string {
  const { method, query, headers } = req;
  const url = `${req.protocol}://${req.host}${req.originalUrl}`;
  try {
    return resolveAddress(invoiceNotification.address, { url, method, query, headers, body: req.body as unknown });
  } catch (error) {
    if (error instanceof CallbackAddressError) throw new RequestError(422, error.message);
    throw error;
  }
}

/** Other media types are refused, not guessed: curl sends JSON as a form by default. */
const requireJson: RequestHandler = (req, _res, next) => {
  if (req.is("application/json")) return next();
  throw new RequestError(415, "Send the invoice with Content-Type: application/json");
};
