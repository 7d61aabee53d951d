import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useExecution } from "../../live/use-execution.ts";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { Page } from "../../parts/layout/page.tsx";
import { Tabs } from "../../parts/layout/tabs.tsx";
import { useTexts } from "../../texts/texts.ts";
import { Actions } from "./actions.tsx";
import { CallbackTab } from "./callback/callback-tab.tsx";
import { DecisionsTab } from "./tabs/decisions-tab.tsx";
import { EventsTab } from "./tabs/events-tab.tsx";
import { Head } from "./head.tsx";
import { JsonTab } from "./tabs/json-tab.tsx";
import { ParametersTab } from "./tabs/parameters-tab.tsx";
import { ResultTab } from "./result/result-tab.tsx";
import { TradesTab } from "./tabs/trades-tab.tsx";

const route = getRouteApi("/shell/executions/$id");

const names = ["result", "decisions", "trades", "callback", "parameters", "events", "json"] as const;
type Name = (typeof names)[number];

/** One execution: its state and its result. */
export function ExecutionPage() {
  const { execution: texts } = useTexts();
  const { id } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/executions/$id" });
  const { query, progress } = useExecution(Number(id));
  const { data } = query;
  if (data === undefined) {
    return (
      <Page title={texts.title(id)}>
        <Loaded query={query} shape="tiles">
          {() => null}
        </Loaded>
      </Page>
    );
  }
  const isOnOneTicker = data.result?.position !== undefined;
  const shown = names.filter((name) => name !== (isOnOneTicker ? "decisions" : "trades"));
  const open = shown.find((name) => name === search.tab) ?? "result";
  return (
    <Page title={data.label ?? texts.title(id)} actions={<Actions execution={data} />}>
      <Head execution={data} progress={progress} />
      <Tabs<Name>
        label={texts.tabs.label}
        tabs={shown.map((name) => ({ name, label: texts.tabs[name] }))}
        open={open}
        choose={(tab) => void navigate({ search: (old) => ({ ...old, tab }), replace: true })}
      >
        {open === "result" && <ResultTab execution={data} />}
        {open === "decisions" && <DecisionsTab execution={data} />}
        {open === "trades" && <TradesTab execution={data} />}
        {open === "callback" && <CallbackTab execution={data} />}
        {open === "parameters" && <ParametersTab execution={data} />}
        {open === "events" && <EventsTab execution={data} />}
        {open === "json" && <JsonTab execution={data} />}
      </Tabs>
    </Page>
  );
}
