/** Bounds how many bytes of results are held for callbacks that are being sent. */
export interface ByteBudget {
  /** Takes bytes; false when they do not fit now. Something larger than the whole budget fits when nothing else is held. */
  tryTake(bytes: number): boolean;
  release(bytes: number): void;
}

export function createByteBudget(max: number): ByteBudget {
  let held = 0;
  return {
    tryTake(bytes) {
      if (held > 0 && held + bytes > max) return false;
      held += bytes;
      return true;
    },
    release(bytes) {
      held -= bytes;
    },
  };
}
