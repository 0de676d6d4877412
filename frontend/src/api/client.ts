/** HTTP with typed errors: whatever goes wrong arrives as a problem document that can be shown to a person. */
import type { Problem } from "../contract";

export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
    this.name = "ProblemError";
  }

  /** The id at the end of the problem's type: `text-too-long`. */
  get id(): string {
    return problemId(this.problem);
  }
}

export function problemId({ type }: Problem): string {
  return type.split("/").at(-1) ?? type;
}

export interface Options {
  json?: unknown;
  form?: FormData;
  signal?: AbortSignal;
}

/** Sends a request and reads the JSON of its answer. ProblemError for all that fails, except an abort. */
export async function request<T>(method: "GET" | "POST" | "DELETE", path: string, options: Options = {}): Promise<T> {
  const response = await answered(method, path, options);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** The bytes that an address holds. ProblemError where they cannot be had. */
export async function content(path: string): Promise<Blob> {
  return (await answered("GET", path)).blob();
}

async function answered(method: string, path: string, options: Options = {}): Promise<Response> {
  const response = await send(method, path, options);
  if (!response.ok) throw new ProblemError(await problemOf(response));
  return response;
}

/** What a caught error says, as a problem. Aborts are no problems: they are thrown on. */
export function asProblem(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof DOMException && error.name === "AbortError") throw error;
  return problem("unexpected", "Something went wrong on this page", error instanceof Error ? error.message : "");
}

async function send(method: string, path: string, { json, form, signal }: Options): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (json !== undefined) headers["Content-Type"] = "application/json";
  const body = form ?? (json === undefined ? null : JSON.stringify(json));
  try {
    return await fetch(path, { method, headers, body, signal: signal ?? null, credentials: "same-origin" });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ProblemError(
      problem("unreachable", "No connection", "The server cannot be reached. Is it still running?"),
    );
  }
}

async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null);
  if (body !== null && typeof body === "object" && "detail" in body && typeof body.detail === "string") {
    const fallback = problem("refused", response.statusText, body.detail, response.status);
    return { ...fallback, ...(body as Partial<Problem>) };
  }
  const detail = `The server answered ${response.status} ${response.statusText}`.trim();
  return problem("unexpected-answer", response.statusText, detail, response.status);
}

function problem(id: string, title: string, detail: string, status = 0): Problem {
  return { type: `/problems/${id}`, title, status, detail, field: null, limit: null, value: null };
}
