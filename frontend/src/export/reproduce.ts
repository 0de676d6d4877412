/** How to compute a result again: as a command, and as a program that asks the site. */
import type { Generate, JobState, MethodCall, Reading, RunState, SourceState, Target } from "../contract";

export interface Question {
  call: MethodCall;
  model: string | null;
  reading: Reading;
  generate: Generate | null;
  targets: readonly Target[];
  sources: readonly SourceState[];
}

export function questionOf(run: RunState, job: JobState, call: MethodCall): Question {
  const { reading, generate, sources } = run;
  return { call, model: job.model, reading, generate, targets: job.targets, sources };
}

/** `python -m workers analyse …`, in the quotation of POSIX shells. */
export function commandLine({ call, model, reading, generate, targets, sources }: Question, site: string): string {
  const parts = [
    ...(model === null ? [] : [option("model", model)]),
    ...sources.map(source),
    ...(reading.bos === undefined || reading.bos === "auto" ? [] : [option("bos", reading.bos)]),
    ...(reading.special_text === "parse" ? [option("special-text", "parse")] : []),
    ...(reading.template === "chat" ? [option("template", "chat")] : []),
    ...(generate === null ? [] : continuation(generate)),
    ...targets.map((target) => option("target", targetText(target))),
    ...Object.entries(call.roles ?? {}).map(([name, key]) => option("role", `${name}=${key}`)),
    ...Object.entries(call.params ?? {}).map(([name, value]) => option("param", `${name}=${JSON.stringify(value)}`)),
  ];
  return [
    ...fileNotes(sources, site),
    [`python -m workers analyse ${quote(call.key)}`, ...parts].join(" \\\n  "),
    "",
  ].join("\n");
}

/** `--name=value`: a value that begins with a dash is then no option. */
const option = (name: string, value: string): string => `--${name}=${quote(value)}`;

const source = (of: SourceState): string =>
  of.kind === "text" ? option("text", of.text ?? "") : option(of.kind, nameOf(of));

/** Files are taken from the folder one is in. */
const nameOf = ({ kind, name, id }: SourceState): string =>
  name === "" ? `${id}.${{ image: "png", table: "csv", logprobs: "json", text: "txt" }[kind]}` : name;

/** Where the files are that the folder needs. */
const fileNotes = (sources: readonly SourceState[], site: string): string[] =>
  sources.flatMap((of) =>
    of.kind === "text" || of.url === null
      ? []
      : [`# ${commented(nameOf(of))}: ${commented(new URL(of.url, site).href)}`],
  );

const commented = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]/gu, " ");

function continuation({ max_new_tokens: most = 20, do_sample: draws = false, ...how }: Generate): string[] {
  return [
    option("generate", String(most)),
    ...(draws ? ["--sample"] : []),
    ...(how.temperature === undefined || how.temperature === 1 ? [] : [option("temperature", String(how.temperature))]),
    ...(how.top_p === undefined || how.top_p === 1 ? [] : [option("top-p", String(how.top_p))]),
    ...(how.seed === undefined || how.seed === 0 ? [] : [option("seed", String(how.seed))]),
    ...(how.stop ?? []).map((text) => option("stop", text)),
    ...(how.begin === undefined || how.begin.length === 0 ? [] : [option("begin", how.begin.join(","))]),
  ];
}

/** In short where there is a short way, else whole. */
export function targetText(target: Target): string {
  const told = Object.fromEntries(
    Object.entries(target).filter(([, value]) => value != null && value !== false),
  ) as Target;
  const names = Object.keys(told).filter((name) => name !== "strip");
  const onMain = told.strip === undefined || told.strip === "main";
  if (onMain && names.join() === "from,to") return `${told.from}:${told.to}`;
  if (onMain && names.join() === "next") return "next";
  return JSON.stringify(told);
}

/** As `shlex.quote` of Python. */
export function quote(text: string): string {
  if (text !== "" && !/[^\w@%+=:,./-]/.test(text)) return text;
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}

/** A program of Python's own library that asks the site again, and reads the numbers. */
export function pythonSnippet(question: Question, site: string): string {
  const { call, model, reading, generate, targets, sources } = question;
  const text = sources.find(({ kind }) => kind === "text");
  const files = sources.filter(({ kind }) => kind !== "text");
  const request = {
    ...(text === undefined ? {} : { text: text.text ?? "" }),
    models: model === null ? [] : [model],
    methods: [call],
    reading,
    ...(generate === null ? {} : { generate }),
    ...(targets.length === 0 ? {} : { targets }),
  };
  return [
    `"""Asks ${site.replace(/["\\]/g, "")} for ${call.key} again and prints its result."""`,
    "",
    "import json",
    "import os",
    "import time",
    "import urllib.request",
    "from http.cookiejar import CookieJar",
    "",
    `SITE = ${literal(site)}`,
    "opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))",
    'if token := os.environ.get("TESSERA_TOKEN"):  # where the site asks for one',
    '    opener.addheaders.append(("Authorization", f"Bearer {token}"))',
    "",
    "",
    'def ask(path, data=None, kind="application/json"):',
    '    request = urllib.request.Request(SITE + path, data, {"Content-Type": kind} if data is not None else {})',
    "    with opener.open(request) as answer:",
    "        return json.load(answer)",
    "",
    "",
    ...(files.length === 0 ? [] : [...upload(), ...fileNotes(files, site)]),
    `question = json.loads(${literal(JSON.stringify(request))})`,
    ...(files.length === 0 ? [] : [`question["source_ids"] = [${files.map(sent).join(", ")}]`]),
    'run = ask("/api/runs", json.dumps(question).encode())["id"]',
    'while (state := ask(f"/api/runs/{run}")["results"][-1])["state"] in {"queued", "leased", "running"}:',
    "    time.sleep(0.5)",
    'if state["state"] != "done":',
    '    raise SystemExit(state["problem"])',
    "result = ask(f\"/api/runs/{run}/results/{state['id']}\")",
    "print(json.dumps(result, indent=1, ensure_ascii=False))",
    "",
  ].join("\n");
}

const sent = (of: SourceState): string => `upload(${literal(nameOf(of))}, ${literal(of.kind)})`;

function upload(): string[] {
  return [
    "def upload(name, kind):",
    '    with open(name, "rb") as file:',
    "        content = file.read()",
    "    head = f'--part\\r\\nContent-Disposition: form-data; name=\"kind\"\\r\\n\\r\\n{kind}\\r\\n'",
    '    head += \'--part\\r\\nContent-Disposition: form-data; name="file"; filename="file"\\r\\n\\r\\n\'',
    '    body = head.encode() + content + b"\\r\\n--part--\\r\\n"',
    '    return ask("/api/sources", body, "multipart/form-data; boundary=part")["id"]',
    "",
    "",
  ];
}

/** A string of Python, in ASCII. */
export const literal = (text: string): string =>
  JSON.stringify(text).replace(/[\u007f-\u{10ffff}]/gu, (char) => {
    const point = char.codePointAt(0) ?? 0;
    return point > 0xffff ? `\\U${point.toString(16).padStart(8, "0")}` : `\\u${point.toString(16).padStart(4, "0")}`;
  });
