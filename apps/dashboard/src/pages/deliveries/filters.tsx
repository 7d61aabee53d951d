import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { queryOf } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { useTexts } from "../../texts/texts.ts";
import styles from "../executions/executions.module.css";
import { callbackStates, receiverOf, useDeliveryFilter } from "./filter.ts";

/** The filters of the callbacks: state, day and receiver. */
export function DeliveryFilters() {
  const { deliveries: texts, shared } = useTexts();
  const { search, change } = useDeliveryFilter();
  return (
    <div className={styles.filters}>
      <label>
        {texts.state}
        <select value={search.state ?? ""} onChange={({ target }) => change({ state: target.value })}>
          <option value="">{texts.all}</option>
          {callbackStates.map((name) => (
            <option key={name} value={name}>
              {shared.states[name]}
            </option>
          ))}
        </select>
      </label>
      <label>
        {texts.since}
        <input type="date" value={search.since ?? ""} onChange={({ target }) => change({ since: target.value })} />
      </label>
      <ReceiverFilter value={search.receiver ?? ""} change={(receiver) => change({ receiver })} />
    </div>
  );
}

/** Applied when an address is complete. Known receivers are suggested. */
function ReceiverFilter({ value, change }: { readonly value: string; readonly change: (value: string) => void }) {
  const { deliveries: texts } = useTexts();
  const [text, setText] = useState(value);
  const { data } = useQuery({ ...queryOf("listReceivers", {}), enabled: useMay("admin"), retry: false });
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    const receiver = text === "" ? "" : receiverOf(text);
    if (receiver === null || receiver === value) return;
    const timer = setTimeout(() => change(receiver), 400);
    return () => clearTimeout(timer);
  });
  return (
    <label>
      {texts.columns.url}
      <input
        type="text"
        list="receivers"
        placeholder="https://example.org"
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <datalist id="receivers">
        {data?.receivers.map(({ origin }) => (
          <option key={origin} value={origin} />
        ))}
      </datalist>
    </label>
  );
}
