import { useId } from "react";
import { useTexts } from "../texts/texts.ts";
import styles from "./forms.module.css";
import { type FieldSchema, kindOf, type ParametersSchema, toText } from "./schema.ts";
import { TypedArea, TypedInput } from "./typed-input.tsx";

interface FormProps {
  readonly schema: ParametersSchema;
  /** The typed texts by field name. */
  readonly typed: Readonly<Record<string, string>>;
  readonly change: (name: string, text: string) => void;
  /** The errors by field name. */
  readonly errors?: ReadonlyMap<string, string>;
  /** Show only these fields. */
  readonly names?: readonly string[];
}

/** A field for each parameter of the schema. The service validates the values. */
export function SchemaForm({ schema, typed, change, errors, names }: FormProps) {
  const { properties = {}, required = [] } = schema;
  return (
    <div className={styles.fields}>
      {(names ?? Object.keys(properties)).map((name) => (
        <SchemaField
          key={name}
          name={name}
          schema={properties[name] ?? {}}
          text={typed[name] ?? ""}
          change={(text) => change(name, text)}
          error={errors?.get(name)}
          required={required.includes(name) && properties[name]?.default === undefined}
        />
      ))}
    </div>
  );
}

function SchemaField({
  name,
  schema,
  text,
  change,
  error,
  required,
}: {
  readonly name: string;
  readonly schema: FieldSchema;
  readonly text: string;
  readonly change: (text: string) => void;
  readonly error: string | undefined;
  readonly required: boolean;
}) {
  const id = useId();
  const { forms } = useTexts();
  const kind = kindOf(schema);
  const usual = toText(schema.default, schema);
  const described = {
    id,
    "aria-describedby": error === undefined ? `${id}-hint` : `${id}-error ${id}-hint`,
    "aria-invalid": error !== undefined,
    required,
  };
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{name}</label>
      {input()}
      {error !== undefined && (
        <p id={`${id}-error`} className={styles.error}>
          {error}
        </p>
      )}
      <p id={`${id}-hint`} className={styles.hint}>
        {schema.description?.replaceAll("`", "")}
      </p>
    </div>
  );

  function input() {
    switch (kind) {
      case "choice":
        return (
          <select {...described} value={text === "" ? usual : text} onChange={(event) => change(event.target.value)}>
            {usual === "" && <option value="">–</option>}
            {schema.enum!.map((choice) => (
              <option key={String(choice)}>{String(choice)}</option>
            ))}
          </select>
        );
      case "yes or no":
        return (
          <input
            {...described}
            required={false}
            type="checkbox"
            checked={(text === "" ? usual : text) === "true"}
            onChange={(event) => change(String(event.target.checked))}
          />
        );
      case "integer":
      case "number":
        return (
          <TypedInput
            {...described}
            type="number"
            step={kind === "integer" ? 1 : "any"}
            min={schema.minimum ?? schema.exclusiveMinimum}
            max={schema.maximum ?? schema.exclusiveMaximum}
            placeholder={usual}
            value={text}
            change={change}
          />
        );
      case "day":
        return <TypedInput {...described} type="date" value={text} change={change} />;
      case "json":
        return (
          <TypedArea
            {...described}
            rows={2}
            placeholder={usual === "" ? forms.json : usual}
            value={text}
            change={change}
          />
        );
      case "list":
      case "text":
        return (
          <TypedInput
            {...described}
            type="text"
            placeholder={usual === "" && kind === "list" ? forms.list : usual}
            value={text}
            change={change}
          />
        );
    }
  }
}
