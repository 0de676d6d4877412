import { defineConfig } from "vitest/config";

import { pages } from "./dev/pages.ts";

/** `TESSERA_SERVER=http://127.0.0.1:8000 npm run dev` asks a running site; without it, the fixtures answer. */
const server = process.env.TESSERA_SERVER;
/** `TESSERA_STILL=1`: pages that are being photographed do not follow the files they come from. */
const still = process.env.TESSERA_STILL === "1" ? { hmr: false as const, watch: null } : {};

const ENTRIES = [
  ...["ask", "run", "compare", "gallery", "guide"].map((page) => `src/pages/${page}.ts`),
  "src/embed/tessera-view.ts",
];

export default defineConfig(({ command }) => ({
  // Chunks find each other wherever they are loaded from: pages of other sites show shared views, too.
  base: command === "build" ? "./" : "/",
  plugins: [pages({ fixtures: server === undefined })],
  // The site believes only pages of its own origin, so the host must stay what the browser says it is.
  server:
    server === undefined ? still : { proxy: { "^/(api|ws)/": { target: server, ws: true, changeOrigin: false } } },
  // Else packages are found while a page loads, which then loads again.
  optimizeDeps: { entries: ENTRIES },
  build: {
    manifest: true,
    target: "es2022",
    rolldownOptions: {
      input: ENTRIES,
      output: {
        // Other sites' pages name this one: its address stays.
        entryFileNames: ({ name }) => (name === "tessera-view" ? "embed/[name].js" : "assets/[name]-[hash].js"),
      },
    },
  },
  test: {
    include: ["src/**/*.test.ts"],
    // Whole pages are drawn, on machines that may be busy.
    testTimeout: 60_000,
  },
}));
