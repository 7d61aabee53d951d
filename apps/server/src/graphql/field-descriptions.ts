import { z } from "zod";

/**
 * Reads the descriptions of a zod schema's fields, so that they are written in one place.
 *
 *     const describe = fieldDescriptions(Execution);
 *     t.expose("started_at", { type: "DateTime", ...describe("started_at") })
 */
export function fieldDescriptions<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
): (field: keyof Shape & string) => { readonly description?: string } {
  return (field) => {
    const description = descriptionOf(schema.shape[field]);
    return description === undefined ? {} : { description };
  };
}

function descriptionOf(schema: unknown): string | undefined {
  if (!(schema instanceof z.ZodType)) return undefined;
  if (schema.description !== undefined) return schema.description;
  const isWrapped =
    schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault;
  return isWrapped ? descriptionOf(schema.unwrap()) : undefined;
}
