// Sets language and theme before anything is drawn, so that nothing flashes. `src/settings/settings.ts` writes what is read here.
(() => {
  const root = document.documentElement;
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem("settings") ?? "{}") ?? {};
  } catch {
    // Without storage, or with a text that is not ours, the defaults apply.
  }
  const preferred = navigator.language.startsWith("ko") ? "ko" : "en";
  root.lang = kept.language === "ko" || kept.language === "en" ? kept.language : preferred;
  if (kept.theme === "light" || kept.theme === "dark") root.dataset.theme = kept.theme;
  if (kept.colours === "blue-orange") root.dataset.colours = kept.colours;
})();
