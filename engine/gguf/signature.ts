import { TunesmithError } from '#common/domain/errors.ts';

const ask = 'Choose a model file in GGUF format (its name usually ends in .gguf).';
const again = 'Fetch the file again.';

/**
 * The error for a file whose first bytes are not those of a GGUF: says what it looks like instead.
 * `head` is the start of the file, up to 512 bytes.
 */
export function notGguf(path: string, head: Uint8Array, fileBytes: number): TunesmithError {
  if (fileBytes === 0) return new TunesmithError('file-corrupt', `${path} is empty.`, { advice: again });
  if (head.every((byte) => byte === 0)) {
    return new TunesmithError('file-corrupt', `${path} is no model: it starts with nothing but zeros.`, {
      advice: `An unfinished download often looks like this. ${again}`,
    });
  }
  const text = Buffer.from(head).toString('latin1');
  const damaged = damagedKinds.find(([test]) => test(text, head));
  if (damaged !== undefined) {
    return new TunesmithError('file-corrupt', `${path} is no model but ${damaged[1]}.`, { advice: damaged[2] });
  }
  const other = otherKinds.find(([test]) => test(text, head));
  if (other !== undefined) {
    return new TunesmithError('file-unsupported', `${path} is not in GGUF format: it looks like ${other[1]}.`, {
      advice: other[2] ?? ask,
    });
  }
  const start = [...head.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return new TunesmithError(
    'file-corrupt',
    `${path} is not in GGUF format: it starts with the bytes ${start} instead of the letters GGUF.`,
    { advice: ask },
  );
}

type Test = (text: string, head: Uint8Array) => boolean;

const damagedKinds: readonly (readonly [Test, string, string])[] = [
  [
    (text) => /^\s*<(!doctype|html|\?xml)/i.test(text),
    'a web page',
    'The download link led to a page instead of the file. Use the direct link of the file.',
  ],
  [
    (text) => text.startsWith('version https://git-lfs'),
    'a Git LFS pointer (a small text that stands for the real file)',
    'Run `git lfs pull` in that folder, or download the file itself.',
  ],
];

const convert = 'Look for the same model in GGUF format, or convert it with llama.cpp.';

const otherKinds: readonly (readonly [Test, string, string?])[] = [
  [
    (text) => text.startsWith('PK\u0003\u0004'),
    'a zip archive (PyTorch .bin and .pt files are zip archives too)',
    convert,
  ],
  [isSafetensors, 'a safetensors file', convert],
  [(text) => /^(tjgg|lmgg|fmgg|algg)/.test(text), 'a model in a GGML format from before GGUF', convert],
  [(text) => text.startsWith('\u001f\u008b'), 'a gzip archive', 'Unpack it and choose the .gguf file inside.'],
  [(text) => text.startsWith('PAR1'), 'a Parquet table'],
  [(text) => text.startsWith('%PDF'), 'a PDF document'],
  [(text) => /^\s*[{[]/.test(text), 'a JSON text'],
];

/** A safetensors file starts with the length of its JSON header, then the header. */
function isSafetensors(text: string, head: Uint8Array): boolean {
  if (head.length < 9 || text[8] !== '{') return false;
  return Buffer.from(head).readBigUInt64LE(0) < 100_000_000n;
}
