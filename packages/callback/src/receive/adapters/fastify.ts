import type { NodeRequest } from "../received-request.ts";
import type { Receiver } from "../receiver.ts";

/**
 * A plugin of Fastify: `app.register(toFastifyPlugin("/callback", receive))`. In it alone bodies stay bytes, which signatures need;
 * other routes are parsed as ever.
 */
export function toFastifyPlugin(path: string, receive: Receiver): (app: FastifyApp) => Promise<void> {
  return async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    app.post(path, async (request, reply) => {
      const { status, body } = await receive(Object.assign(request.raw, { body: request.body ?? Buffer.alloc(0) }));
      return reply.code(status).header("content-type", "application/json").send(body);
    });
  };
}

/** What is used of Fastify's instance, so that this package does not depend on it. */
interface FastifyApp {
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(
    type: string,
    options: { parseAs: "buffer" },
    parser: (request: unknown, body: Buffer, done: (error: Error | null, body?: Buffer) => void) => void,
  ): unknown;
  post(path: string, handler: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>): unknown;
}

interface FastifyRequest {
  readonly raw: NodeRequest;
  readonly body: unknown;
}

interface FastifyReply {
  code(status: number): this;
  header(name: string, value: string): this;
  send(body: string): unknown;
}
