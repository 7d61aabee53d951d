/**
 * State that a thread shares with the main thread without messages: the number of its current task and the bytes
 * it has allocated in shared buffers for that task.
 */
export type ThreadState = Float64Array;

const [numberAt, bytesAt, length] = [0, 1, 2] as const;

/** 0 while the thread is idle. */
export function runningNumber(state: ThreadState): number {
  return state[numberAt] ?? 0;
}

export function sharedBytes(state: ThreadState): number {
  return state[bytesAt] ?? 0;
}

/** For use in the thread: sets its current task. */
export function setRunningNumber(state: ThreadState, number: number): void {
  state[numberAt] = number;
  state[bytesAt] = 0;
}

/**
 * For use in the thread: creates its state and counts the shared buffers that it allocates, which neither V8 nor Node reports
 * by thread.
 */
export function startThreadState(): ThreadState {
  const state = new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT));
  globalThis.SharedArrayBuffer = new Proxy(SharedArrayBuffer, {
    construct(target, args, newTarget) {
      const buffer = Reflect.construct(target, args, newTarget) as SharedArrayBuffer;
      state[bytesAt] = sharedBytes(state) + buffer.byteLength;
      return buffer;
    },
  });
  return state;
}
