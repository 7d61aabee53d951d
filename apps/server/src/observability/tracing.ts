/** What is told of a span. */
type Attributes = Readonly<Record<string, string | number | boolean>>;

interface SpanOptions {
  readonly kind: "server" | "client" | "internal";
  /** The `traceparent` of what it belongs to; null begins a trace. */
  readonly parent: string | null;
  readonly attributes?: Attributes;
  /** When it began, before now. */
  readonly sinceMs?: number;
}

export interface Span {
  /** For what belongs to it, here or elsewhere. */
  readonly traceParent: string;
  end(options?: { readonly name?: string; readonly attributes?: Attributes; readonly error?: string }): void;
}

/** Records spans and sends them off. Disposal sends what is left. */
export interface Tracing extends AsyncDisposable {
  start(name: string, options: SpanOptions): Span;
}

export interface TracingOptions {
  /** Of an OTLP/HTTP receiver, without `/v1/traces`. */
  readonly endpoint: string;
  readonly serviceName: string;
}

/** Starts sending traces. Nothing of OpenTelemetry is loaded before. */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  const { openTelemetryTracing } = await import("./open-telemetry.ts");
  return openTelemetryTracing(options);
}
