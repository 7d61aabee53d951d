import { useQuery } from "@tanstack/react-query";
import { listOf } from "../../api/queries.ts";
import { useReread } from "../../live/use-news.ts";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { Page } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import { Activity } from "./activity.tsx";
import { FirstSteps } from "./first-steps.tsx";
import { Latest } from "./latest.tsx";
import { NextFires } from "./next-fires.tsx";
import { ForOperators } from "./operators.tsx";
import { StalePrices } from "./stale-prices.tsx";

/** The health of the service and what happens next. Before the first execution: how to begin. */
export function Overview() {
  const { overview: texts } = useTexts();
  const query = useQuery(listOf("listExecutions", { limit: 5 }));
  useReread(["listExecutions", "getActivity", "listSchedules"]);
  return (
    <Page title={texts.title} lead={texts.lead}>
      <Loaded query={query} shape="tiles">
        {({ executions }) =>
          executions.length === 0 ? (
            <FirstSteps />
          ) : (
            <>
              <Activity />
              <Latest title={texts.running} input={{ status: "running", limit: 10 }} empty={texts.nothingRuns} />
              <Latest title={texts.failures} input={{ status: "failed", limit: 5 }} empty={texts.noFailures} />
              <NextFires />
              <ForOperators />
              <StalePrices />
              <Latest title={texts.latest} input={{ limit: 5 }} empty={texts.nothingRuns} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}
