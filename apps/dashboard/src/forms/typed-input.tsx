import { type InputHTMLAttributes, useEffect, useRef, useState } from "react";

interface TypedInputProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "value" | "onChange"> {
  readonly value: string;
  readonly change: (text: string) => void;
}

/** An input whose text is kept elsewhere, such as in the address. */
export function TypedInput({ value, change, ...others }: TypedInputProps) {
  return <input {...others} {...useTyping(value, change)} />;
}

/** Like `TypedInput`, for several lines. */
export function TypedArea({
  value,
  change,
  ...others
}: Omit<React.TextareaHTMLAttributes<HTMLTextAreaElement>, "value" | "onChange"> &
  Pick<TypedInputProps, "value" | "change">) {
  return <textarea {...others} {...useTyping(value, change)} />;
}

/**
 * The address changes a moment after a key is pressed. Waiting for it would move the caret to the end of the text and break the composition of
 * Korean syllables, so what is typed is shown at once.
 */
function useTyping(value: string, change: (text: string) => void) {
  const [text, setText] = useState(value);
  const sent = useRef<string | null>(null);
  useEffect(() => {
    if (sent.current === null) setText(value);
    else if (sent.current === value) sent.current = null;
  }, [value]);
  return {
    value: text,
    onChange: ({ target }: { readonly target: { readonly value: string } }) => {
      sent.current = target.value === value ? null : target.value;
      setText(target.value);
      change(target.value);
    },
  };
}
