import { type SQL, sql } from "drizzle-orm";

/** SQL condition on a callback: its address belongs to the receiver. Schemes and hosts may be written in capitals, ports in full. */
export function goesTo(receiver: string): SQL {
  if (receiver === "mailto:") return sql`lower(callbacks.url) ^@ 'mailto:'`;
  const usualPort = receiver.startsWith("https:") ? ":443" : ":80";
  const beginnings = [receiver, receiver + usualPort].map((origin) => origin.toLowerCase());
  return sql`(${sql.join(
    beginnings.map(
      (origin) => sql`(lower(left(callbacks.url, ${origin.length})) = ${origin}
        and substr(callbacks.url, ${origin.length + 1}, 1) in ('', '/', '?', '#'))`,
    ),
    sql` or `,
  )})`;
}
