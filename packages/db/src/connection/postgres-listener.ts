import postgres from "postgres";
import { asCall, type Calls } from "./postgres-client.ts";

interface ListenerOptions {
  readonly url: string;
  /** Their socket must close the connection when a call takes too long. */
  readonly client: postgres.Options<{}>;
  readonly calls: Calls;
  readonly heartbeatMs: number;
}

/**
 * Listens on a connection of its own. LISTEN is repeated as a heartbeat, so that a connection on which packets are lost is
 * noticed. `onConnect` is called for every new connection.
 */
export async function listenOn(
  { url, client: options, calls, heartbeatMs }: ListenerOptions,
  channel: string,
  onPayload: (payload: string) => void,
  onConnect: () => void,
): Promise<() => Promise<void>> {
  let ending = false;
  let session: number | null = null;
  const client = postgres(url, {
    ...options,
    max: 1,
    max_lifetime: null,
    onnotify: (from: string, payload: string) => void (from === channel && onPayload(payload)),
    onclose: () => void subscribe().catch(() => undefined),
  } as postgres.Options<{}>);

  async function subscribe(): Promise<void> {
    if (ending) return;
    const { state } = await asCall(calls, () => client.unsafe(`listen "${channel}"`));
    if (state.pid === session) return;
    session = state.pid;
    onConnect();
  }

  const end = async () => {
    ending = true;
    await client.end({ timeout: 1 });
  };
  try {
    await subscribe();
  } catch (error) {
    await end();
    throw error;
  }
  const heartbeat = setInterval(() => void subscribe().catch(() => undefined), heartbeatMs);
  return async () => {
    clearInterval(heartbeat);
    await end();
  };
}
