import { DecoratorHandler, type Dispatcher } from "undici";

/** The response header that carries the status the receiver really sent. */
export const trueStatusHeader = "x-true-status";

/**
 * Keeps `fetch` from acting on the answer. By its specification it sends a request again after a 421 and makes an
 * error of a 407. Both are shown to it as 400; the true status travels in `trueStatusHeader`.
 */
export const withTrueStatus: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
  dispatch(options, new TrueStatusHandler(handler));

class TrueStatusHandler extends (DecoratorHandler as DeclaredDecorator) {
  override onResponseStart(...[controller, statusCode, headers, message]: ResponseStart): void {
    // Early hints are no answer, and the base class takes one response only.
    if (statusCode < 200) return;
    const shown = statusCode === 407 || statusCode === 421 ? 400 : statusCode;
    super.onResponseStart(controller, shown, { ...headers, [trueStatusHeader]: String(statusCode) }, message);
  }
}

type ResponseStart = Parameters<NonNullable<Dispatcher.DispatchHandler["onResponseStart"]>>;

interface ResponseHandler extends Dispatcher.DispatchHandler {
  onResponseStart(...args: ResponseStart): void;
}

// undici's own declaration of the class leaves its methods out.
type DeclaredDecorator = new (handler: Dispatcher.DispatchHandler) => ResponseHandler;
