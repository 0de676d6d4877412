/** Answers `/api` from the fixtures and serves the two pages, so that `npm run dev` needs nothing else. */
import { readFile } from "node:fs/promises";

import type { Plugin } from "vite";

const PICTURE = new URL("../../workers/demo/samples/scene-11.png", import.meta.url);

const page = (entry: string, element: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Tessera</title>
<script type="module" src="/@vite/client"></script><script type="module" src="/src/pages/${entry}.ts"></script>
</head><body>${element}</body></html>`;

export function mockApi(): Plugin {
  return {
    name: "tessera-mock-api",
    apply: "serve",
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const path = (request.url ?? "").split("?")[0] ?? "";
        const send = (status: number, type: string, body: string | Buffer): void => {
          response.writeHead(status, { "Content-Type": type }).end(body);
        };
        const answer = async (): Promise<void> => {
          if (path === "/") {
            send(200, "text/html", page("ask", "<tessera-ask></tessera-ask>"));
            return;
          }
          const run = /^\/runs\/(\w+)$/.exec(path)?.[1];
          if (run) {
            send(200, "text/html", page("run", `<tessera-run api="/api/runs/${run}"></tessera-run>`));
            return;
          }
          if (path === "/api/sources/source-image" && request.method === "GET") {
            send(200, "image/png", await readFile(PICTURE));
            return;
          }
          if (!path.startsWith("/api/")) {
            next();
            return;
          }
          const { respond } = (await server.ssrLoadModule(
            "/fixtures/harness.ts",
          )) as typeof import("../fixtures/harness");
          const { status, body } = respond(request.method ?? "GET", path) ?? {
            status: 404,
            body: { detail: "Not here" },
          };
          send(status, status < 400 ? "application/json" : "application/problem+json", JSON.stringify(body));
        };
        answer().catch(next);
      });
    },
  };
}
