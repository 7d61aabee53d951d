/** The description of a span. */
type Attributes = Readonly<Record<string, string | number | boolean>>;

interface SpanOptions {
  readonly kind: "server" | "client" | "internal";
  /** The `traceparent` of the parent; null starts a trace. */
  readonly parent: string | null;
  readonly attributes?: Attributes;
  /** How long ago it started. */
  readonly sinceMs?: number;
}

export interface Span {
  /** The `traceparent` for its children, here or elsewhere. */
  readonly traceParent: string;
  end(options?: { readonly name?: string; readonly attributes?: Attributes; readonly error?: string }): void;
}

/** Records and exports spans. Disposal exports the rest. */
export interface Tracing extends AsyncDisposable {
  start(name: string, options: SpanOptions): Span;
}

export interface TracingOptions {
  /** The address of an OTLP/HTTP receiver, without `/v1/traces`. */
  readonly endpoint: string;
  readonly serviceName: string;
}

/** Starts tracing. OpenTelemetry is loaded only here. */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  const { openTelemetryTracing } = await import("./open-telemetry.ts");
  return openTelemetryTracing(options);
}
