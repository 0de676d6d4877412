import { defineConfig } from "vitest/config";

import { mockApi } from "./dev/mock.ts";

export default defineConfig(({ command }) => ({
  base: command === "build" ? "/static/" : "/",
  plugins: [mockApi()],
  build: {
    manifest: true,
    target: "es2022",
    rolldownOptions: { input: ["src/pages/ask.ts", "src/pages/run.ts"] },
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.ts"],
  },
}));
