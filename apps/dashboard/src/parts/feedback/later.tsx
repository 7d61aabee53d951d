import { type ReactNode, startTransition, useEffect, useState } from "react";

/** Renders what is below the visible part of a page once the rest is drawn, in pieces that delay no input. */
export function Later({ placeholder, children }: { readonly placeholder: ReactNode; readonly children: ReactNode }) {
  const [isDue, setDue] = useState(false);
  useEffect(() => {
    // The frame after the next: charts draw themselves in the next one.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => startTransition(() => setDue(true)));
    });
    return () => cancelAnimationFrame(frame);
  }, []);
  return isDue ? children : placeholder;
}
