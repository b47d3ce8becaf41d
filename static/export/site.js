// Light or dark, as the reader chose; without this script, as their system says.
"use strict";

(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let theme = "";
  try {
    theme = localStorage.getItem("lierre-theme") || "";
  } catch {
    // A browser that keeps nothing for files.
  }
  const show = () => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    root.classList.toggle("is-dark", theme ? theme === "dark" : dark.matches);
  };
  show();
  dark.addEventListener("change", show);
  addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        theme = root.classList.contains("is-dark") ? "light" : "dark";
        show();
        try {
          localStorage.setItem("lierre-theme", theme);
        } catch {
          // It holds for this page.
        }
      });
    }
  });
})();
