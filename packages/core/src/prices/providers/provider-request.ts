import { DomainError } from "../../common/domain-error.ts";

/** A request to a provider of prices. */
export interface ProviderRequest {
  /** The provider's name in messages: `Stooq`. */
  readonly provider: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  readonly maxBytes?: number | undefined;
}

/** The answer of a provider, read completely. */
export interface ProviderAnswer {
  readonly status: number;
  readonly body: Buffer;
  readonly text: string;
}

/** Limit of request and body together. */
const deadlineMs = 30_000;
/** A century of days with all columns takes 3 MB. */
const maxAnswerBytes = 64 * 1024 * 1024;
const maxRedirects = 3;

/**
 * Asks a provider. Redirects are followed within its origin only: a header may hold a key.
 * @throws DomainError `unavailable` when there is no answer in time, it is too large, or it leads to another host; also for
 * status 429
 */
export async function askProvider(request: ProviderRequest): Promise<ProviderAnswer> {
  const { provider, signal, timeoutMs = deadlineMs, maxBytes = maxAnswerBytes } = request;
  const deadline = AbortSignal.timeout(timeoutMs);
  const ends = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
  try {
    const response = await follow(request, ends);
    if (response.status === 429) {
      await response.body?.cancel();
      throw unavailable(`${provider}'s rate limit is reached; try again later`);
    }
    const body = await readAll(response, maxBytes, provider);
    return { status: response.status, body, text: body.toString("utf8") };
  } catch (error) {
    if (error instanceof DomainError) throw error;
    const reason = deadline.aborted ? `no answer within ${timeoutMs / 1000} s` : reasonOf(error);
    throw unavailable(`${provider} could not be reached: ${reason}`);
  }
}

/** An error that a later try may not have. */
export function unavailable(message: string): DomainError {
  return new DomainError("unavailable", message);
}

/** The beginning of a text that was not expected, for a message. */
export function firstLine(text: string): string {
  return text.trim().split("\n", 1)[0]!.trim().slice(0, 200);
}

async function follow({ provider, url, headers }: ProviderRequest, signal: AbortSignal): Promise<Response> {
  let target = url;
  for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
    const response = await fetch(target, { headers: { ...headers }, redirect: "manual", signal });
    const location = response.status >= 300 && response.status < 400 ? response.headers.get("location") : null;
    if (location === null) return response;
    await response.body?.cancel();
    const next = URL.parse(location, target.href);
    if (next?.origin !== url.origin) throw unavailable(`${provider} redirects to another host`);
    target = next;
  }
  throw unavailable(`${provider} redirects more than ${maxRedirects} times`);
}

async function readAll(response: Response, maxBytes: number, provider: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of response.body ?? []) {
    total += chunk.byteLength;
    if (total > maxBytes) throw unavailable(`${provider}'s answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Text of the innermost error, because `fetch` itself only reports "fetch failed". */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0]);
  if (error instanceof Error && error.cause !== undefined) return reasonOf(error.cause);
  return firstLine(error instanceof Error ? error.message : String(error));
}
