import type { Example } from '#common/domain/example.ts';

/** What is kept of an example for comparing it with all others: a few numbers, never its text. */
export interface Fingerprint {
  /** Of the roles and texts, letter for letter. */
  readonly exact: number;
  /** Of everything up to the last answer, without regard to case, spaces and punctuation at the end. */
  readonly question: number;
  /** Of the last answer, without regard to case and spaces. */
  readonly answer: number;
  /** The smallest hashes of its word triples, ascending: its contents, for near likeness. */
  readonly sketch: Uint32Array;
}

/** Word triples kept per example. Shorter texts are compared exactly, longer ones by this many samples. */
const sketchSize = 256;

export function fingerprint({ messages }: Example): Fingerprint {
  const last = messages.findLastIndex(({ role }) => role === 'assistant');
  const asked = messages.slice(0, last === -1 ? messages.length : last);
  const answer = last === -1 ? '' : (messages[last]?.content ?? '');
  const spoken = messages.filter(({ role }) => role !== 'system').map(({ content }) => content);
  return {
    exact: hashText(JSON.stringify(messages.map(({ role, content }) => [role, content.trim()]))),
    question: hashText(asked.map(({ role, content }) => `${role}\n${normalizeQuestion(content)}`).join('\n\n')),
    answer: hashText(normalize(answer)),
    sketch: sketchOf(spoken.join('\n')),
  };
}

/** Case and spacing do not make another text. Line structure is ignored too. */
export function normalize(text: string): string {
  return text.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim();
}

function normalizeQuestion(text: string): string {
  return normalize(text).replace(/[\s.?!:]+$/u, '');
}

/** Share of word triples two texts have in common (Jaccard), 0 to 1; estimated from samples for long texts. */
export function likeness(a: Uint32Array, b: Uint32Array): number {
  if (a.length === 0 || b.length === 0) return 0;
  // Of two sampled texts, only hashes below both samples' ends are known for both: the bottom-k estimate.
  const limit = a.length < sketchSize && b.length < sketchSize ? Infinity : Math.min(lastOf(a), lastOf(b));
  let left = 0;
  let right = 0;
  let common = 0;
  let union = 0;
  while (left < a.length || right < b.length) {
    const x = a[left] ?? Infinity;
    const y = b[right] ?? Infinity;
    if (Math.min(x, y) > limit) break;
    union += 1;
    if (x === y) common += 1;
    if (x <= y) left += 1;
    if (y <= x) right += 1;
  }
  return union === 0 ? 0 : common / union;
}

/** Whether two texts share at least this part of their word triples; most pairs are told apart after a few steps. */
export function isAlike(a: Uint32Array, b: Uint32Array, least: number): boolean {
  if (a.length === 0 || b.length === 0) return false;
  if (a.length >= sketchSize || b.length >= sketchSize) return likeness(a, b) >= least;
  // With c in common, c / (|a| + |b| - c) >= least means that at most so many stand on one side alone.
  const allowed = Math.floor(((a.length + b.length) * (1 - least)) / (1 + least) + 1e-9);
  let alone = Math.abs(a.length - b.length);
  if (alone > allowed) return false;
  alone = 0;
  let left = 0;
  let right = 0;
  while (left < a.length && right < b.length) {
    const x = a[left]!;
    const y = b[right]!;
    if (x !== y && ++alone > allowed) return false;
    if (x <= y) left += 1;
    if (y <= x) right += 1;
  }
  return alone + (a.length - left) + (b.length - right) <= allowed;
}

function lastOf(sketch: Uint32Array): number {
  return sketch.length < sketchSize ? Infinity : (sketch.at(-1) ?? 0);
}

const word = /[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu;

function sketchOf(text: string): Uint32Array {
  const hashes: number[] = [];
  for (const match of text.toLowerCase().matchAll(word)) hashes.push(hash32(match[0], 0x9e3779b9));
  const triples = new Set<number>();
  if (hashes.length === 0) return new Uint32Array();
  for (let index = 0; index < Math.max(1, hashes.length - 2); index += 1) {
    let triple = mix(hashes[index] ?? 0);
    triple = mix(triple ^ (hashes[index + 1] ?? 0));
    triple = mix(triple ^ (hashes[index + 2] ?? 0));
    triples.add(triple);
  }
  return Uint32Array.from(triples).sort().slice(0, sketchSize);
}

/** 53 bits: in a million examples two different texts meet by chance with a probability below one in ten thousand. */
export function hashText(text: string): number {
  return hash32(text, 0x85ebca6b) * 2 ** 21 + (hash32(text, 0xc2b2ae35) >>> 11);
}

/** FNV-1a over UTF-16 units with a final mix, seeded. */
function hash32(text: string, seed: number): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return mix(hash);
}

/** The finalizer of MurmurHash3: every input bit changes every output bit. */
export function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
