// The colours that were chosen on the other pages (frontend/src/theme/page.ts).
const chosen = localStorage.getItem("tessera.theme");
if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
