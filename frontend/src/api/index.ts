/** The endpoints of DESIGN section 6, one function each. */
import type {
  Estimate,
  JobsRequest,
  Limits,
  MethodEntry,
  ModelEntry,
  Result,
  RunCreated,
  RunRequest,
  RunState,
  RunSummary,
  Sample,
  ShareRequest,
  ShareState,
  ShareView,
  SourceState,
  TokenizerEntry,
  WorkedQuestion,
} from "../contract";
import { request } from "./client";

export interface Catalogue {
  methods: MethodEntry[];
  models: ModelEntry[];
  tokenizers: TokenizerEntry[];
  samples: Sample[];
  limits: Limits;
}

export async function catalogue(): Promise<Catalogue> {
  const [methods, models, tokenizers, samples, limits] = await Promise.all([
    request<MethodEntry[]>("GET", "/api/methods"),
    request<ModelEntry[]>("GET", "/api/models"),
    request<TokenizerEntry[]>("GET", "/api/tokenizers"),
    request<Sample[]>("GET", "/api/samples"),
    request<Limits>("GET", "/api/limits"),
  ]);
  return { methods, models, tokenizers, samples, limits };
}

/** Questions that the house asked once, to be opened. */
export const gallery = (): Promise<WorkedQuestion[]> => request("GET", "/api/gallery");
export const samples = (): Promise<Sample[]> => request("GET", "/api/samples");
/** `at`: a share's own address, where the house itself may be closed to whoever holds the link. */
export const methods = (at = "/api"): Promise<MethodEntry[]> => request("GET", `${at}/methods`);
export const models = (at = "/api"): Promise<ModelEntry[]> => request("GET", `${at}/models`);
export const myRuns = (): Promise<RunSummary[]> => request("GET", "/api/runs");
export const createRun = (json: RunRequest): Promise<RunCreated> => request("POST", "/api/runs", { json });

/** What a run would cost and when it would begin; nothing is kept. */
export const estimateRun = (json: RunRequest, signal?: AbortSignal): Promise<Estimate> =>
  request("POST", "/api/estimates", { json, signal });

/** Keeps a file; what it is the server sees from name and content, unless `kind` says it. */
export function uploadSource(file: Blob, signal?: AbortSignal, kind?: SourceState["kind"]): Promise<SourceState> {
  const form = new FormData();
  if (kind !== undefined) form.append("kind", kind);
  form.append("file", file);
  return request("POST", "/api/sources", { form, signal });
}

/** The state of a run on another site than this page's names its pictures whole. */
function located(state: RunState, base: string): RunState {
  if (!base.startsWith("http")) return state;
  const sources = state.sources.map((source) => ({ ...source, url: source.url && new URL(source.url, base).href }));
  return { ...state, sources };
}

/** One run, at `/api/runs/{id}` or, read-only, at `/api/shares/{secret}`. */
export class RunApi {
  constructor(readonly base: string) {}

  /** The origin of the site that has the run: not that of the page where another site's shows it. */
  get site(): string {
    return new URL(this.base, location.href).origin;
  }
  state(signal?: AbortSignal): Promise<RunState> {
    return request<RunState>("GET", this.base, { signal }).then((state) => located(state, this.base));
  }
  result(id: string): Promise<Result> {
    return request("GET", `${this.base}/results/${id}?arrays=base64`);
  }
  download(id: string, format: "json" | "csv" | "svg" | "html" | "tex"): string {
    return `${this.base}/results/${id}${format === "json" ? "" : `.${format}`}`;
  }
  addJobs(json: JobsRequest): Promise<RunCreated> {
    return request("POST", `${this.base}/jobs`, { json });
  }
  /** What further jobs would cost; nothing is kept. */
  estimateJobs(json: JobsRequest): Promise<Estimate> {
    return request("POST", `${this.base}/estimates`, { json });
  }
  stop(): Promise<void> {
    return request("POST", `${this.base}/stop`, { json: {} });
  }
  cancel(): Promise<void> {
    return request("DELETE", this.base);
  }
  /** What goes with a link: only at a share's own address. */
  view(): Promise<ShareView> {
    return request("GET", `${this.base}/view`);
  }
  share(json: ShareRequest): Promise<ShareState> {
    return request("POST", `${this.base}/share`, { json });
  }
  revoke(share: string): Promise<void> {
    return request("DELETE", `${this.base}/shares/${share}`);
  }
}
