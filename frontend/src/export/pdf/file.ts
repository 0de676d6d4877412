/** The parts of a PDF file: objects, compressed streams, and where each of them begins (ISO 32000-1, 7.5). */

const encoder = new TextEncoder();

export class PdfFile {
  private readonly chunks: Uint8Array[] = [];
  private readonly offsets: number[] = [];
  private length = 0;

  constructor() {
    this.push("%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n");
  }

  /** The number of an object that is written later. */
  reserve(): number {
    return this.offsets.push(-1);
  }

  object(body: string, number = this.reserve()): number {
    this.begin(number);
    this.push(`${body}\nendobj\n`);
    return number;
  }

  /** An object with bytes, deflated; `entries` are those of its dictionary, without its brackets. */
  async stream(content: string | Uint8Array, entries = "", number = this.reserve()): Promise<number> {
    const bytes = await deflated(typeof content === "string" ? encoder.encode(content) : content);
    this.begin(number);
    this.push(`<< ${entries} /Filter /FlateDecode /Length ${bytes.length} >>\nstream\n`);
    this.push(bytes);
    this.push("\nendstream\nendobj\n");
    return number;
  }

  finish(root: number, info: number): Blob {
    const start = this.length;
    const lines = this.offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`);
    const size = this.offsets.length + 1;
    this.push(`xref\n0 ${size}\n0000000000 65535 f \n${lines.join("")}`);
    this.push(`trailer\n<< /Size ${size} /Root ${root} 0 R /Info ${info} 0 R >>\nstartxref\n${start}\n%%EOF\n`);
    return new Blob(this.chunks as BlobPart[], { type: "application/pdf" });
  }

  private begin(number: number): void {
    this.offsets[number - 1] = this.length;
    this.push(`${number} 0 obj\n`);
  }

  private push(content: string | Uint8Array): void {
    const bytes = typeof content === "string" ? encoder.encode(content) : content;
    this.chunks.push(bytes);
    this.length += bytes.length;
  }
}

/** As zlib writes it, which is what PDF's FlateDecode reads. */
async function deflated(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Text as UTF-16 with its mark, in hexadecimal: what PDF takes for any script. */
export const unicode = (text: string): string => `<FEFF${utf16(text)}>`;

export function utf16(text: string): string {
  let hex = "";
  for (let at = 0; at < text.length; at++) hex += text.charCodeAt(at).toString(16).padStart(4, "0");
  return hex.toUpperCase();
}
