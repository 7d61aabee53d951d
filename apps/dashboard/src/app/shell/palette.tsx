import { useQuery } from "@tanstack/react-query";
import { type NavigateOptions, useNavigate } from "@tanstack/react-router";
import { useId, useState } from "react";
import { queryOf } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { Dialog } from "../../parts/controls/dialog.tsx";
import { useTexts } from "../../texts/texts.ts";
import styles from "./shell.module.css";

interface Result {
  readonly label: string;
  readonly kind: string;
  readonly to: NavigateOptions;
}

const maxShown = 12;

/** The command palette: a number opens an execution; pages, strategies and schedules are found by name. */
export function Palette({ close }: { readonly close: () => void }) {
  const { shell } = useTexts();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState(0);
  const list = useId();
  const found = useResults(text);
  const at = Math.min(chosen, found.length - 1);
  const go = (result: Result | undefined): void => {
    if (result === undefined) return;
    close();
    void navigate(result.to);
  };
  return (
    <Dialog title={shell.palette.name} close={close}>
      <div className={styles.palette}>
        <input
          role="combobox"
          aria-label={shell.palette.ask}
          placeholder={shell.palette.ask}
          aria-expanded="true"
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={found.length > 0 ? `${list}-${at}` : undefined}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setChosen(0);
          }}
          onKeyDown={(event) => {
            const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
            if (step !== 0) {
              event.preventDefault();
              setChosen((at + step + found.length) % Math.max(found.length, 1));
            }
            if (event.key === "Enter") go(found[at]);
          }}
        />
        {found.length === 0 && <p className="muted">{shell.palette.nothing}</p>}
        <ul role="listbox" id={list} aria-label={shell.palette.name} className={styles.results}>
          {found.map((result, index) => (
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- keys are handled by the combobox
            <li
              key={index}
              id={`${list}-${index}`}
              role="option"
              aria-selected={index === at}
              onClick={() => go(result)}
            >
              <span>{result.label}</span>
              <span className="muted small">{result.kind}</span>
            </li>
          ))}
        </ul>
      </div>
    </Dialog>
  );
}

function useResults(text: string): readonly Result[] {
  const { shell, workers } = useTexts();
  const isAdmin = useMay("admin");
  const { data: catalogue } = useQuery(queryOf("listStrategies", {}));
  const { data: planned } = useQuery(queryOf("listSchedules", { limit: 500 }));
  const { pages } = shell;
  const wanted = text.trim().toLowerCase();
  const all: Result[] = [
    ...(
      [
        ["/", pages.overview],
        ["/today", pages.today],
        ["/executions", pages.executions],
        ["/new", shell.newExecution],
        ["/compare", shell.compare],
        ["/sweeps", pages.sweeps],
        ["/schedules", pages.schedules],
        ["/deliveries", pages.deliveries],
        ["/prices", pages.prices],
        ["/strategies", pages.strategies],
        ...(isAdmin ? ([["/workers", workers.title]] as const) : []),
        ["/settings", pages.settings],
      ] as const
    ).map(([to, label]) => ({ label, kind: "", to: { to } })),
    ...(planned?.schedules ?? []).map(({ schedule_id, name }) => ({
      label: name,
      kind: pages.schedules,
      to: { to: "/schedules/$id", params: { id: String(schedule_id) } } as NavigateOptions,
    })),
    ...(catalogue?.strategies ?? []).map(({ name }) => ({
      label: name,
      kind: pages.strategies,
      to: { to: "/strategies/$name", params: { name } } as NavigateOptions,
    })),
  ];
  const found = all.filter(({ label }) => label.toLowerCase().includes(wanted)).slice(0, maxShown);
  if (!/^[1-9]\d{0,14}$/.test(wanted)) return found;
  const execution = { to: "/executions/$id", params: { id: wanted } } as NavigateOptions;
  return [{ label: shell.palette.execution(wanted), kind: pages.executions, to: execution }, ...found];
}
