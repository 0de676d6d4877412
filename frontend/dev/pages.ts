/** The pages of the site for `npm run dev`, and, where no site runs, answers from the fixtures. */
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";

import type { Plugin, ViteDevServer } from "vite";

const PICTURE = new URL("../../workers/demo/samples/scene-11.png", import.meta.url);

const page = (entry: string, element: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Tessera</title>
<script type="module" src="/@vite/client"></script><script type="module" src="/src/pages/${entry}.ts"></script>
</head><body>${element}</body></html>`;

export function pages({ fixtures }: { fixtures: boolean }): Plugin {
  return {
    name: "tessera-pages",
    apply: "serve",
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const path = (request.url ?? "").split("?")[0] ?? "";
        const html = pageAt(path, fixtures);
        if (html !== null) response.writeHead(200, { "Content-Type": "text/html" }).end(html);
        else if (fixtures && path.startsWith("/api/")) answer(server, path, request, response).catch(next);
        else next();
      });
    },
  };
}

function pageAt(path: string, fixtures: boolean): string | null {
  const [, kind, id] = /^\/(runs|s)\/([\w-]+)$/.exec(path) ?? [];
  if (path === "/") return page("ask", "<tessera-ask></tessera-ask>");
  if (path === "/gallery") return page("gallery", "<tessera-gallery></tessera-gallery>");
  if (path === "/guide") return page("guide", "<tessera-guide></tessera-guide>");
  if (path === "/compare") return page("compare", "<tessera-compare-page></tessera-compare-page>");
  if (kind === "s") return page("run", `<tessera-run api="/api/shares/${id}"></tessera-run>`);
  const socket = fixtures ? "" : ` socket="/ws/runs/${id}"`;
  return kind === "runs" ? page("run", `<tessera-run api="/api/runs/${id}"${socket}></tessera-run>`) : null;
}

async function answer(
  server: ViteDevServer,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (path === "/api/sources/source-image") {
    response.writeHead(200, { "Content-Type": "image/png" }).end(await readFile(PICTURE));
    return;
  }
  const { respond } = (await server.ssrLoadModule("/fixtures/harness.ts")) as typeof import("../fixtures/harness");
  const found = respond(request.method ?? "GET", path) ?? { status: 404, body: { detail: "Not here" } };
  const type = found.status < 400 ? "application/json" : "application/problem+json";
  response.writeHead(found.status, { "Content-Type": type }).end(JSON.stringify(found.body));
}
