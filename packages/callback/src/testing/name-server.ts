import { createSocket } from "node:dgram";
import { once } from "node:events";

/** A name server on loopback, closed when disposed. */
export interface NameServer extends AsyncDisposable {
  /** As `createNameResolver` takes it. */
  readonly address: string;
  /** The questions it got: `A receiver.example`. */
  readonly questions: readonly string[];
  /** Resolves when it has got so many questions. */
  asked(times: number): Promise<void>;
}

/** Addresses of a name, or `silence` for no answer at all. `AAAA name` is about one type of question. */
export type Zone = Readonly<Record<string, readonly string[] | "silence">>;

/** Answers questions for IPv4 addresses over UDP. Names that the zone does not have do not exist, unless `"*"` has an answer. */
export async function startNameServer(zone: Zone): Promise<NameServer> {
  const socket = createSocket("udp4");
  const questions: string[] = [];
  socket.on("message", (query, { port, address }) => {
    const { name, type, end } = questionOf(query);
    questions.push(`${type === 1 ? "A" : "AAAA"} ${name}`);
    socket.emit("question");
    const found = zone[`${type === 1 ? "A" : "AAAA"} ${name}`] ?? zone[name] ?? zone["*"];
    if (found === "silence") return;
    const records = type === 1 ? (found ?? []) : [];
    // A response, recursion available; NXDOMAIN for an unknown name.
    const header = Buffer.from([
      ...query.subarray(0, 2),
      0x81,
      found === undefined ? 0x83 : 0x80,
      0,
      1,
      0,
      records.length,
      0,
      0,
      0,
      0,
    ]);
    const answers = records.map((ip) =>
      Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...ip.split(".").map(Number)]),
    );
    socket.send(Buffer.concat([header, query.subarray(12, end), ...answers]), port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    questions,
    async asked(times) {
      while (questions.length < times) await once(socket, "question");
    },
    async [Symbol.asyncDispose]() {
      const closed = once(socket, "close");
      socket.close();
      await closed;
    },
  };
}

/** The only question of a query (RFC 1035, section 4.1.2). */
function questionOf(query: Buffer): { readonly name: string; readonly type: number; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}
