import { useQuery } from "@tanstack/react-query";
import { queryOf } from "../../api/queries.ts";
import { useFormats } from "../../formats/formats.ts";
import { Button, ButtonLink } from "../../parts/controls/button.tsx";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { Notice } from "../../parts/feedback/notice.tsx";
import { State } from "../../parts/feedback/state.tsx";
import { Tile, Tiles } from "../../parts/layout/tiles.tsx";
import { useTexts } from "../../texts/texts.ts";
import { useFigureNames } from "../execution/figure-names.ts";
import styles from "./executions.module.css";

/** A summary of an execution beside the list. */
export function Inspector({ id, close }: { readonly id: number; readonly close: () => void }) {
  const { executions: texts } = useTexts();
  const { percent, ratio, instant } = useFormats();
  const names = useFigureNames();
  const query = useQuery(queryOf("getExecution", { execution_id: id }));
  return (
    <aside className={styles.inspector} aria-label={texts.inspector.title(id)}>
      <div className="row">
        <h2>{texts.inspector.title(id)}</h2>
        <Button kind="quiet" onClick={close}>
          {texts.inspector.close}
        </Button>
      </div>
      <Loaded query={query} shape="text">
        {(execution) => (
          <>
            <div>
              <State name={execution.status} />
            </div>
            <p>{execution.label ?? execution.strategy}</p>
            <p className="muted small">
              {texts.columns.accepted} {instant(execution.accepted_at)}
            </p>
            {execution.error_message !== undefined && <Notice tone="warn">{execution.error_message}</Notice>}
            {execution.result?.metrics !== undefined && (
              <Tiles>
                <Tile name={names.return} value={percent(execution.result.return)} />
                <Tile name={names.cagr} value={percent(execution.result.metrics.cagr)} />
                <Tile name={names.sharpe} value={ratio(execution.result.metrics.sharpe)} />
                <Tile name={names.max_drawdown} value={percent(execution.result.metrics.max_drawdown)} />
              </Tiles>
            )}
            <ButtonLink to="/executions/$id" params={{ id: String(id) }}>
              {texts.inspector.open}
            </ButtonLink>
          </>
        )}
      </Loaded>
    </aside>
  );
}
