import { defineConfig } from "vitest/config";

import { pages } from "./dev/pages.ts";

/** `TESSERA_SERVER=http://127.0.0.1:8000 npm run dev` asks a running site; without it, the fixtures answer. */
const server = process.env.TESSERA_SERVER;

export default defineConfig(({ command }) => ({
  // Chunks find each other wherever they are loaded from: pages of other sites show shared views, too.
  base: command === "build" ? "./" : "/",
  plugins: [pages({ fixtures: server === undefined })],
  // The site believes only pages of its own origin, so the host must stay what the browser says it is.
  server: server === undefined ? {} : { proxy: { "^/(api|ws)/": { target: server, ws: true, changeOrigin: false } } },
  build: {
    manifest: true,
    target: "es2022",
    rolldownOptions: {
      input: [
        ...["ask", "run", "compare", "gallery", "guide"].map((page) => `src/pages/${page}.ts`),
        "src/embed/tessera-view.ts",
      ],
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
