import type { PickedFile, PickedFolder } from "./folder";

/** What the server takes. */
export interface Limits {
  readonly fileBytes: number;
  readonly files: number;
}

/** A file that does not become part of the context. */
export interface LeftOut {
  readonly path: string;
  readonly reason: string;
}

interface KnownFile extends PickedFile {
  readonly sha256: string;
}

// So much goes in one request.
const batchBytes = 8 * 1024 * 1024;

/**
 * Adds a folder to a session's context: first the names and digests of its files, then the contents that the server says it lacks.
 * @param chosen Paths that are taken though they hold secrets.
 * @param say Is told how far it is.
 * @returns What was left out.
 */
export async function upload(api: string, folder: PickedFolder, chosen: ReadonlySet<string>, limits: Limits, say: (text: string) => void): Promise<LeftOut[]> {
  const small = folder.files.filter(({ file }) => file.size <= limits.fileBytes);
  const leftOut = folder.files.filter(({ file }) => file.size > limits.fileBytes).map(({ path }) => ({ path, reason: "tooLarge" }));
  const known: KnownFile[] = [];
  for (const picked of small.slice(0, limits.files)) {
    known.push({ ...picked, sha256: await digest(picked.file) });
    if (known.length % 50 === 0) say(`Reading ${known.length} of ${small.length} files`);
  }
  leftOut.push(...small.slice(limits.files).map(({ path }) => ({ path, reason: "tooMany" })));
  const receipt = await send<{ missing: string[]; refused: LeftOut[] }>(api, {
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      kind: "files",
      name: folder.name,
      files: known.map(({ path, sha256, file }) => ({ path, sha256, size: file.size, chosen: chosen.has(path) })),
    }),
  });
  leftOut.push(...receipt.refused);
  const missing = new Set(receipt.missing);
  let sent = 0;
  for await (const batch of batches(known.filter(({ sha256 }) => missing.delete(sha256)))) {
    const answer = await send<{ stored: number; refused: LeftOut[] }>(`${api}/blobs`, { body: batch });
    leftOut.push(...answer.refused);
    sent += answer.stored;
    say(`Sent ${sent} of ${receipt.missing.length} files`);
  }
  return leftOut;
}

/** Contents as the server takes them: each after its length in four bytes. */
async function* batches(files: readonly KnownFile[]): AsyncGenerator<Blob> {
  let parts: BlobPart[] = [];
  let bytes = 0;
  for (const { file } of files) {
    const length = new DataView(new ArrayBuffer(4));
    length.setUint32(0, file.size);
    parts.push(length.buffer, file);
    bytes += file.size;
    if (bytes < batchBytes) continue;
    yield new Blob(parts);
    [parts, bytes] = [[], 0];
  }
  if (parts.length > 0) yield new Blob(parts);
}

async function digest(file: File): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function send<T>(address: string, request: RequestInit): Promise<T> {
  const answer = await fetch(address, { ...request, method: "POST" });
  if (answer.ok) return (await answer.json()) as T;
  const problem = (await answer.json().catch(() => ({}))) as { detail?: string };
  throw new Error(problem.detail ?? `The server answered ${answer.status}.`);
}
