/** The corpus as an endless row of packs: sequences of one length each, so that nothing is computed twice for nothing. */
import { encodeExample } from '#engine/chat/format.ts';
import type { ChatFormat } from '#engine/chat/chat-format.ts';
import type { EncodedSequence } from '#engine/chat/encoded.ts';
import { createRandom, deriveSeed, shuffledPositions } from '#engine/train/random.ts';
import { conversations, type Conversation } from './corpus/corpus.ts';

/** Conversations that are made, sorted by length and packed together. */
const chunkConversations = 3000;
const maxTokens = 160;

/** Packs from the `skip`-th on. Equal seeds give equal packs. */
export function* packs(
  format: ChatFormat,
  seed: number,
  packTokens: number,
  skip = 0,
): Generator<readonly EncodedSequence[]> {
  let position = 0;
  for (let chunk = 0; ; chunk++) {
    const made = packChunk(format, deriveSeed(seed, chunk), packTokens);
    for (const pack of made) if (position++ >= skip) yield pack;
  }
}

function packChunk(format: ChatFormat, seed: number, packTokens: number): readonly (readonly EncodedSequence[])[] {
  const padding = format.tokenizer.bos!;
  const sequences = [...conversations(chunkConversations, seed)]
    .map((conversation, index) => encodeConversation(format, conversation, index))
    .toSorted((left, right) => left.ids.length - right.ids.length);
  const chunk: EncodedSequence[][] = [];
  let pack: EncodedSequence[] = [];
  for (const sequence of sequences) {
    // Sorted, so this one is the longest.
    if ((pack.length + 1) * sequence.ids.length > packTokens && pack.length > 0) {
      chunk.push(padded(pack, padding));
      pack = [];
    }
    pack.push(sequence);
  }
  chunk.push(padded(pack, padding));
  return shuffledPositions(chunk.length, createRandom(seed)).map((position) => chunk[position]!);
}

/** Sequences of one length; what is added is read and never learned. */
function padded(pack: readonly EncodedSequence[], padding: number): EncodedSequence[] {
  const length = Math.max(...pack.map(({ ids }) => ids.length));
  return pack.map(({ example, ids, learned }) => {
    const longer = new Int32Array(length).fill(padding);
    longer.set(ids);
    const flags = new Uint8Array(length);
    flags.set(learned);
    return { example, ids: longer, learned: flags };
  });
}

function encodeConversation(format: ChatFormat, conversation: Conversation, index: number): EncodedSequence {
  const messages = conversation.flatMap(({ user, assistant }) => [
    { role: 'user' as const, content: user },
    { role: 'assistant' as const, content: assistant },
  ]);
  const [sequence, ...more] = encodeExample(format, { messages }, { index, maxTokens });
  if (sequence === undefined || more.length > 0) throw new Error('a conversation gave no single sequence');
  return sequence;
}
