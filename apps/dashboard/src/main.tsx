// Import this first: it declares the order of the layers of all style sheets.
import "./styles/tokens.css";
import "./styles/base.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createQueryClient } from "./api/query-client.ts";
import { readAhead } from "./app/read-ahead.ts";
import { createPages } from "./app/router.tsx";
import { prepareFormats } from "./formats/formats.ts";
import { settings } from "./settings/settings.ts";
import { loadTexts } from "./texts/texts.ts";

const queries = createQueryClient(() => {
  const { location } = pages.state;
  // Several calls of a page may be refused at the same time.
  if (location.pathname.endsWith("/sign-in")) return;
  void pages.navigate({ to: "/sign-in", search: { back: location.href } });
});
const pages = createPages();

readAhead(queries, pages);
// The page's code comes beside the texts, and the first drawing has it. If it does not come, the page says so.
const loaded = Promise.all([loadTexts(settings.get().language), pages.load()]);
// A timer: the calls above go out first.
setTimeout(prepareFormats, 1);
await loaded;
createRoot(document.querySelector("#root")!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={pages} />
    </QueryClientProvider>
  </StrictMode>,
);
