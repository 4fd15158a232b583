import type { Message } from '#common/domain/example.ts';
import { chooseColumns } from './columns.ts';
import type { Columns, Correction } from './report.ts';
import { convertTurns, describe, isFields, looksLikeTurns, type Converted } from './turns.ts';

type Fields = Readonly<Record<string, unknown>>;

/** How the records (JSON objects or table rows) of a file become conversations. */
export interface RecordPlan {
  /** 0 to 1. */
  readonly confidence: number;
  /** In words, for the report. */
  readonly description: string;
  readonly columns?: Columns | undefined;
  convert(record: unknown): Converted;
}

/** Widely used layouts, tried in this order on every record: a file may mix them. */
const knownShapes: readonly {
  readonly description: string;
  readonly fits: (record: Fields) => boolean;
  readonly convert: (record: Fields) => Converted;
}[] = [
  {
    description: 'conversations ("messages", as OpenAI writes them)',
    fits: (record) => Array.isArray(record['messages']),
    convert: (record) => conversation(record, record['messages']),
  },
  {
    description: 'conversations ("conversations", as ShareGPT writes them)',
    fits: (record) => conversationKeys.some((key) => looksLikeTurns(record[key])),
    convert: (record) => conversation(record, conversationKeys.map((key) => record[key]).find(looksLikeTurns)),
  },
  {
    description: 'prompt and completion, both as messages',
    fits: (record) => looksLikeTurns(record['prompt']) && looksLikeTurns(record['completion']),
    convert: (record) =>
      conversation(record, [...(record['prompt'] as unknown[]), ...(record['completion'] as unknown[])]),
  },
  {
    description: 'prompt and completion',
    fits: (record) => 'prompt' in record && 'completion' in record,
    convert: (record) => byColumns(record, { question: 'prompt', answer: 'completion', system: 'system' }),
  },
  {
    description: 'instruction, input and output (Alpaca)',
    fits: (record) => 'instruction' in record && 'output' in record,
    convert: alpaca,
  },
];

const conversationKeys = ['conversations', 'conversation', 'dialog', 'dialogue', 'turns', 'chat'] as const;

/**
 * Decides from up to 100 records how all of a file's are read. Where nothing fits the confidence is 0, and `convert`
 * still reads the records that turn out to have a known layout.
 */
export function planRecords(sample: readonly unknown[], correction: Correction): RecordPlan {
  if (correction.columns !== undefined) {
    const columns = correction.columns;
    return { ...columnPlan(columns, 1), convert: (record) => recordByColumns(record, columns) };
  }
  const records = sample.slice(0, 100);
  const fields = records.filter(isFields);
  const counts = knownShapes.map((shape) => fields.filter(shape.fits).length);
  const most = Math.max(0, ...counts);
  const bare = records.filter(looksLikeTurns).length;
  const known = knownShapes[counts.indexOf(most)];
  const guessed = chooseColumns(columnNames(fields), fields);
  const fallback = guessed?.columns;
  const convert = (record: unknown): Converted => convertRecord(record, fallback);
  if (bare > most)
    return { confidence: bare / records.length, description: 'conversations (lists of messages)', convert };
  if (most > 0 && known !== undefined) {
    return { confidence: most / records.length, description: known.description, convert };
  }
  if (guessed !== undefined) return { ...columnPlan(guessed.columns, guessed.confidence), convert };
  return { confidence: 0, description: 'no field is known as a question or an answer', convert };
}

function columnPlan(columns: Columns, confidence: number): Omit<RecordPlan, 'convert'> {
  const extra = [columns.system && `system "${columns.system}"`, columns.context && `context "${columns.context}"`];
  const parts = [`question "${columns.question}"`, ...extra.filter(Boolean), `answer "${columns.answer}"`];
  return { confidence, columns, description: `columns: ${parts.join(', ')}` };
}

function columnNames(records: readonly Fields[]): readonly string[] {
  return [...new Set(records.flatMap((record) => Object.keys(record)))];
}

function convertRecord(record: unknown, fallback: Columns | undefined): Converted {
  if (looksLikeTurns(record)) return convertTurns(record);
  if (!isFields(record)) return { reason: `This row is ${describe(record)}, not an example with named fields.` };
  const shape = knownShapes.find(({ fits }) => fits(record));
  if (shape !== undefined) return shape.convert(record);
  if (fallback !== undefined) return byColumns(record, fallback);
  const names = Object.keys(record);
  return {
    reason:
      names.length === 0
        ? 'This row has no fields.'
        : `None of this row's fields is known as a question or an answer: ${names.slice(0, 8).join(', ')}.`,
  };
}

function recordByColumns(record: unknown, columns: Columns): Converted {
  return isFields(record)
    ? byColumns(record, columns)
    : { reason: `This row is ${describe(record)}, not named fields.` };
}

function conversation(record: Fields, turns: unknown): Converted {
  if (!Array.isArray(turns) || turns.length === 0) return { reason: 'The conversation has no messages.' };
  const tools = record['tools'] ?? record['functions'];
  if (Array.isArray(tools) && tools.length > 0) {
    return { reason: 'This conversation offers tools to the model. Tool calls cannot be taught yet.' };
  }
  const converted = convertTurns(turns);
  if ('reason' in converted) return converted;
  const system = record['system'] ?? record['system_prompt'];
  const needsSystem = typeof system === 'string' && system.trim() !== '' && converted.messages[0]?.role !== 'system';
  return needsSystem ? { messages: [{ role: 'system', content: system }, ...converted.messages] } : converted;
}

/** https://github.com/tatsu-lab/stanford_alpaca, with the `history` of earlier pairs that LLaMA-Factory added. */
function alpaca(record: Fields): Converted {
  const converted = byColumns(record, {
    question: 'instruction',
    answer: 'output',
    system: 'system',
    context: 'input',
  });
  const history = record['history'];
  if ('reason' in converted || !Array.isArray(history) || history.length === 0) return converted;
  const earlier: Message[] = [];
  for (const pair of history) {
    const [question, answer] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
    if (typeof question !== 'string' || typeof answer !== 'string') {
      return { reason: 'The "history" of this row is not a list of question and answer pairs.' };
    }
    earlier.push({ role: 'user', content: question }, { role: 'assistant', content: answer });
  }
  const systems = converted.messages.filter(({ role }) => role === 'system');
  return { messages: [...systems, ...earlier, ...converted.messages.slice(systems.length)] };
}

function byColumns(record: Fields, columns: Columns): Converted {
  const question = cell(record, columns.question);
  if ('reason' in question) return question;
  const answer = cell(record, columns.answer);
  if ('reason' in answer) return answer;
  const context = columns.context === undefined ? { text: '' } : cell(record, columns.context);
  if ('reason' in context) return context;
  const system = columns.system === undefined ? { text: '' } : cell(record, columns.system);
  if ('reason' in system) return system;
  const asked = [question.text, context.text].filter((text) => text.trim() !== '').join('\n\n');
  const messages: Message[] = [
    { role: 'user', content: asked },
    { role: 'assistant', content: answer.text },
  ];
  return { messages: system.text.trim() === '' ? messages : [{ role: 'system', content: system.text }, ...messages] };
}

/** Numbers and yes/no values are read as their text; anything nested is not guessed at. */
function cell(record: Fields, name: string): { readonly text: string } | { readonly reason: string } {
  const value = record[name];
  if (value === undefined || value === null) return { text: '' };
  if (typeof value === 'string') return { text: value };
  if (typeof value === 'number' || typeof value === 'boolean') return { text: String(value) };
  return { reason: `"${name}" is ${describe(value)}, not text.` };
}
