/**
 * What a thread and the one that gave it work tell each other in shared memory, without a message: the number of the task that the thread
 * is at, the bytes that it has allocated in shared buffers for it, and whether it is to begin none of the others that it has.
 */
export type ThreadState = Float64Array;

const [numberAt, bytesAt, leaveAt, length] = [0, 1, 2, 3] as const;

/** 0 while the thread has nothing to do. */
export function runningNumber(state: ThreadState): number {
  return state[numberAt] ?? 0;
}

export function sharedBytes(state: ThreadState): number {
  return state[bytesAt] ?? 0;
}

/** Asks the thread to leave what it has not begun to others. */
export function leaveOthers(state: ThreadState): void {
  state[leaveAt] = 1;
}

/** In a thread: tells what it is at from now on. */
export function setRunningNumber(state: ThreadState, number: number): void {
  state[numberAt] = number;
  state[bytesAt] = 0;
}

/** In a thread: whether it was asked to, which it now knows. */
export function isToLeaveOthers(state: ThreadState): boolean {
  const asked = state[leaveAt] === 1;
  state[leaveAt] = 0;
  return asked;
}

/**
 * In a thread: makes its state, and counts from now on what it allocates in shared buffers, which neither V8 nor Node tells of a
 * thread.
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
