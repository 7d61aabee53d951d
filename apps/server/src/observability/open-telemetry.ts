import {
  type Context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span as OpenTelemetrySpan,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import manifest from "../../package.json" with { type: "json" };
import type { Span, Tracing, TracingOptions } from "./tracing.ts";

/** How long shutdown waits for the last spans to be exported. */
const farewellMs = 2_000;
/** The batching interval of spans. */
const gatherMs = 1_000;

/** Tracing with the OpenTelemetry SDK. Its other settings are its own environment variables. */
export function openTelemetryTracing({ endpoint, serviceName }: TracingOptions): Tracing {
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, "")}/v1/traces`, timeoutMillis: 5_000 });
  const provider = new BasicTracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({ "service.name": serviceName, "service.version": manifest.version }),
    ),
    spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: gatherMs, maxQueueSize: 16_384 })],
  });
  const tracer = provider.getTracer("strategy-executor");
  return {
    start(name, { kind, parent, attributes = {}, sinceMs }) {
      const startTime = sinceMs !== undefined && { startTime: Date.now() - sinceMs };
      return toSpan(tracer.startSpan(name, { kind: kinds[kind], attributes, ...startTime }, contextOf(parent)));
    },
    async [Symbol.asyncDispose]() {
      const timer = Promise.withResolvers<void>();
      const timeout = setTimeout(timer.resolve, farewellMs);
      await Promise.race([provider.shutdown().catch(() => undefined), timer.promise]);
      clearTimeout(timeout);
    },
  };
}

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };

function toSpan(span: OpenTelemetrySpan): Span {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return {
    traceParent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`,
    end({ name, attributes = {}, error } = {}) {
      if (name !== undefined) span.updateName(name);
      span.setAttributes(attributes);
      if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
      span.end();
    },
  };
}

/** An invalid `traceparent`, or one of an unreadable later version, starts a new trace, as W3C requires. */
function contextOf(traceParent: string | null): Context {
  const [, traceId = "", spanId = "", flags = ""] =
    /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:$|-)/.exec(traceParent ?? "") ?? [];
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(context) ? trace.setSpanContext(ROOT_CONTEXT, context) : ROOT_CONTEXT;
}
