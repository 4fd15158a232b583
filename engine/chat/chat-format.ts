/** How one model reads a conversation: its template, its tokenizer and its end-of-turn token, together. */
import { TunesmithError } from '#common/domain/errors.ts';
import type { Message } from '#common/domain/example.ts';
import { families, familyFor, isFamilyName, type FamilyName } from './families.ts';
import { compileTemplate, type ChatTemplate } from './template.ts';
import type { Tokenizer } from './tokenizer.ts';

export interface ChatFormat {
  readonly tokenizer: Tokenizer;
  readonly template: ChatTemplate;
  /** The family whose template is in use, or null where it is the model's own or the person's. */
  readonly family: FamilyName | null;
  /** The token that ends an answer: the template's own, else the model's end of sequence. */
  readonly endOfTurn: { readonly id: number; readonly text: string };
  /** What the template writes after an answer and before its end-of-turn token; the whole rest where it has none. */
  readonly afterAnswer: string;
}

export interface ChatFormatSource {
  readonly tokenizer: Tokenizer;
  /** GGUF `general.architecture`. */
  readonly architecture: string;
  /** The template in the model's file, or null. */
  readonly ownTemplate: string | null;
  /** A family's name or Jinja text; absent: the model's own template, else its family's. */
  readonly chosen?: string | undefined;
}

/** Throws `template-invalid` where the template cannot be used with this model. */
export function createChatFormat(source: ChatFormatSource): ChatFormat {
  const { tokenizer } = source;
  const { text, family } = chooseTemplate(source);
  const template = compileTemplate(text, {
    bos: tokenizer.bos === null ? '' : tokenizer.tokenText(tokenizer.bos),
    eos: tokenizer.eos === null ? '' : tokenizer.tokenText(tokenizer.eos),
  });
  return { tokenizer, template, family, ...findEndOfTurn(template, tokenizer) };
}

/** The token id of a text that is one single control token of the model, else null. */
export function controlTokenId(tokenizer: Tokenizer, text: string): number | null {
  const [id, ...more] = tokenizer.tokenize(text, true);
  return id !== undefined && more.length === 0 && tokenizer.isControl(id) ? id : null;
}

/**
 * Token ids of a rendered text, with exactly one BOS where the model wants one: templates differ in whether they
 * write it.
 */
export function encodeText(tokenizer: Tokenizer, text: string): Int32Array {
  if (!tokenizer.addsBos || tokenizer.bos === null) return tokenizer.tokenize(text, true);
  const tokens = tokenizer.tokenize(withoutLeading(text, tokenizer.tokenText(tokenizer.bos)), true);
  const ids = new Int32Array(tokens.length + 1);
  ids[0] = tokenizer.bos;
  ids.set(tokens, 1);
  return ids;
}

function withoutLeading(text: string, mark: string): string {
  if (mark === '') return text;
  let start = 0;
  while (text.startsWith(mark, start)) start += mark.length;
  return text.slice(start);
}

function chooseTemplate(source: ChatFormatSource): { text: string; family: FamilyName | null } {
  const { tokenizer, chosen, ownTemplate } = source;
  if (chosen !== undefined && isFamilyName(chosen)) {
    const family = families[chosen];
    const missing = family.needs.filter((text) => controlTokenId(tokenizer, text) === null);
    if (missing.length > 0) {
      throw new TunesmithError(
        'template-invalid',
        `The “${family.name}” template does not fit this model: it does not know ${missing.join(', ')}.`,
        { advice: `Use the “${familyOf(source).name}” template, or leave the choice to Tunesmith.` },
      );
    }
    return { text: family.template, family: family.name };
  }
  if (chosen !== undefined) return { text: chosen, family: null };
  if (ownTemplate !== null && ownTemplate.trim() !== '') return { text: ownTemplate, family: null };
  const family = familyOf(source);
  return { text: family.template, family: family.name };
}

function familyOf({ tokenizer, architecture }: ChatFormatSource) {
  return familyFor(architecture, (text) => controlTokenId(tokenizer, text) !== null);
}

const exchange: readonly Message[] = [
  { role: 'user', content: 'What is it?' },
  { role: 'assistant', content: 'A probe.' },
];

/** Looks at what the template writes after an answer: the first token there that ends a generation. */
function findEndOfTurn(template: ChatTemplate, tokenizer: Tokenizer) {
  const text = template.render(exchange, { addGenerationPrompt: false });
  const answer = exchange[1]?.content ?? '';
  const after = text.slice(text.lastIndexOf(answer) + answer.length);
  const written = tokenizer.tokenize(after, true).find((id) => tokenizer.isEndOfGeneration(id));
  const id = written ?? tokenizer.eos ?? tokenizer.eot;
  if (id === null) {
    throw new TunesmithError('template-invalid', 'This model has no token that could end an answer.', {
      advice: 'Choose another base model.',
    });
  }
  const endText = tokenizer.tokenText(id);
  const at = written === undefined ? -1 : after.indexOf(endText);
  return { endOfTurn: { id, text: endText }, afterAnswer: at < 0 ? after : after.slice(0, at) };
}
