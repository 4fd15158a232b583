import { fromMarkdown } from 'mdast-util-from-markdown';
import { joinTrimmed } from '../blank-lines.ts';
import type { ImportFormat, Row } from '../format.ts';
import { tooLongReason } from '../format.ts';
import type { Sample, TextSource } from '../text-source.ts';

/**
 * Markdown whose headings ask and whose text below answers, as in a list of frequent questions. The answer is the
 * file's own text, character by character: code blocks, lists and indentation stay as they are.
 */
export const markdown: ImportFormat = {
  name: 'markdown',
  plan(sample, correction) {
    const forced = correction.format === 'markdown';
    if (!forced && !/^ {0,3}#{1,6}\s|^ {0,3}(?:-{3,}|={3,})\s*$/m.test(sample.text)) return undefined;
    const sections = sectionsOf(sample.text);
    const asking = sections.filter((section) => section.asks);
    // Without a single question every heading with a text of its own is taken, where the person says it is this.
    const every = forced && asking.length === 0;
    if (!forced && asking.length < 2) return undefined;
    const share = asking.filter(({ body }) => body !== '').length / Math.max(1, sections.length);
    return {
      confidence: forced ? 1 : confidence(share, sample),
      guess: {
        format: 'markdown',
        description: every
          ? 'Markdown: each heading is a question, the text below it the answer'
          : 'Markdown: each heading that asks is a question, the text below it the answer',
      },
      rows: (source, note) => readMarkdown(source, every, note),
    };
  },
};

/** Documents have a question as a heading here and there; lists of questions have little else. */
function confidence(share: number, { extension }: Sample): number {
  const usualEnding = ['.md', '.markdown', '.mdown'].includes(extension) ? 0.15 : 0;
  return share < 0.4 ? 0.2 + usualEnding / 3 : Math.min(1, 0.5 + 0.35 * share + usualEnding);
}

interface Section {
  readonly line: number;
  readonly endLine: number;
  readonly heading: string;
  readonly asks: boolean;
  readonly body: string;
}

/** The whole document is parsed at once: one that is larger is no list of questions. */
const mostChars = 16 * 1024 * 1024;

async function* readMarkdown(source: TextSource, every: boolean, note: (text: string) => void): AsyncGenerator<Row> {
  let text = '';
  for await (const chunk of source.chunks()) {
    text += chunk;
    if (text.length > mostChars) {
      yield {
        line: null,
        endLine: null,
        reason: `This Markdown file is longer than ${mostChars / 1024 / 1024} million characters.`,
        hint: 'Split it in several files.',
      };
      return;
    }
  }
  let silent = 0;
  for (const { line, endLine, heading, asks, body } of sectionsOf(text)) {
    if (!asks && !every) {
      if (body !== '') silent += 1;
    } else if (body === '') {
      // A heading over other headings only groups them.
      if (asks) yield { line, endLine, reason: `The question “${short(heading)}” has no answer under it.` };
    } else if (body.length > source.maxRowChars) {
      yield { line, endLine, reason: tooLongReason(source.maxRowChars) };
    } else {
      const messages = [
        { role: 'user', content: heading },
        { role: 'assistant', content: body },
      ] as const;
      yield { line, endLine, messages };
    }
  }
  if (silent > 0) {
    note(
      silent === 1
        ? 'The text under 1 heading was left out, because the heading asks nothing.'
        : `The texts under ${silent} headings were left out, because the headings ask nothing.`,
    );
  }
}

const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** A heading with the text below it. Smaller headings that ask nothing belong to the answer they stand in. */
function sectionsOf(text: string): readonly Section[] {
  const lines = text.split('\n');
  const own: Heading[] = [];
  for (const heading of headingsOf(text)) {
    const open = own.at(-1);
    const inAnswer = open?.asks === true && !heading.asks && heading.depth > open.depth;
    if (!inAnswer) own.push(heading);
  }
  return own.map((heading, index) => {
    const endLine = (own[index + 1]?.line ?? lines.length + 1) - 1;
    return { ...heading, endLine, body: joinTrimmed(lines.slice(heading.lastLine, endLine)) };
  });
}

interface Heading {
  readonly line: number;
  readonly lastLine: number;
  readonly depth: number;
  readonly heading: string;
  readonly asks: boolean;
}

function headingsOf(text: string): readonly Heading[] {
  const found: Heading[] = [];
  for (const node of fromMarkdown(text).children) {
    if (node.type !== 'heading' || node.position === undefined) continue;
    const from = node.children[0]?.position?.start.offset ?? 0;
    const to = node.children.at(-1)?.position?.end.offset ?? 0;
    const heading = text.slice(from, to).trim();
    if (heading === '') continue;
    const { start, end } = node.position;
    found.push({ line: start.line, lastLine: end.line, depth: node.depth, heading, asks: asksSomething(heading) });
  }
  return found;
}

const questionWords =
  /^(?:how|what|why|when|where|who|which|whose|can|could|do|does|did|is|are|should|will|would|may|must|wie|was|warum|wieso|wann|wo|wer|welche[rsn]?|kann|darf|muss|comment|pourquoi|quand|où|qui|quel(?:le)?s?|cómo|por qué|cuándo|dónde|quién|qué)\b/iu;

const questionLabel = /^[\s*_`"“]*(?:\d+[.)]\s*)?(?:q|question|frage)\s*\d*\s*[:.)]/iu;

function asksSomething(heading: string): boolean {
  if (/[?？؟]["”*_`)\s]*$/u.test(heading) || questionLabel.test(heading)) return true;
  const plain = heading.replace(/^[\s*_`"“]*(?:\d+[.)]\s*)?/u, '');
  return questionWords.test(plain) && plain.split(/\s+/).length >= 3;
}
