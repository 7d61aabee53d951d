import { z } from "zod";

/** Why the trial failed: `message` is one line for the person at the terminal. */
export class TryError extends Error {
  override readonly name = "TryError";
}

export interface Client {
  /** Submits an execution. @throws TryError when no server answers or the submission is refused. */
  submit(submission: Readonly<Record<string, unknown>>): Promise<Accepted>;
  /** Reads the state of an execution. @throws TryError when the server no longer answers. */
  statusOf(executionId: number): Promise<Status>;
}

/** The fields that the command reads; the rest is passed on for `--json`. */
const Accepted = z.looseObject({ execution_id: z.int() });
const Status = z.looseObject({
  status: z.string(),
  error_message: z.string().optional(),
  callback: z.looseObject({
    sent: z.boolean(),
    sent_at: z.string().nullable(),
    response: z.looseObject({ status_code: z.int().optional(), error: z.string().optional() }).nullable(),
  }),
});
const Problem = z.object({ detail: z.string() });

type Accepted = z.output<typeof Accepted>;
type Status = z.output<typeof Status>;

const answerTimeoutMs = 10_000;

/** Calls the REST API of the server at `url`. */
export function createClient(url: string): Client {
  async function request<Answer>(schema: z.ZodType<Answer>, path: string, body?: unknown): Promise<Answer> {
    const address = `${url.replace(/\/+$/, "")}${path}`;
    const response = await fetch(address, {
      ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
      headers: { "content-type": "application/json" },
      signal: AbortSignal.timeout(answerTimeoutMs),
    }).catch((error: unknown) => {
      throw new TryError(`No server answers at ${url} (${reasonOf(error)}). Start one with: npm start`);
    });
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok) {
      const { data } = Problem.safeParse(answer);
      throw new TryError(`${address} answered ${response.status}: ${data?.detail ?? "it may be another program's"}`);
    }
    const { data } = schema.safeParse(answer);
    if (data === undefined) throw new TryError(`${address} did not answer as the strategy executor does`);
    return data;
  }

  return {
    submit: (submission) => request(Accepted, "/strategies/execute/", submission),
    statusOf: (executionId) => request(Status, `/executions/${executionId}/`),
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && "code" in cause ? String(cause.code) : error.message;
}
