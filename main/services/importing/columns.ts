import type { Columns } from './report.ts';

/** Words in a column's name that tell what it holds, best first. English, and the commonest of other languages. */
const words = {
  answer: [
    ['answer', 'output', 'completion', 'response', 'assistant', 'reply', 'expected', 'target'],
    [
      'answers',
      'outputs',
      'completions',
      'responses',
      'replies',
      'solution',
      'chosen',
      'gpt',
      'bot',
      'model',
      'out',
      'a',
    ],
    [
      'antwort',
      'antworten',
      'ausgabe',
      'respuesta',
      'respuestas',
      'reponse',
      'reponses',
      'risposta',
      'risposte',
      'resposta',
      'respostas',
      'antwoord',
      'odpowiedz',
      'cevap',
      'ответ',
      '答案',
      '回答',
      'result',
      'generated',
      'translation',
      'summary',
      'code',
    ],
  ],
  question: [
    ['question', 'prompt', 'instruction', 'user', 'query'],
    ['input', 'questions', 'prompts', 'instructions', 'request', 'human', 'problem', 'task', 'ask', 'in', 'q'],
    [
      'frage',
      'fragen',
      'fragt',
      'eingabe',
      'pregunta',
      'preguntas',
      'domanda',
      'domande',
      'pergunta',
      'perguntas',
      'vraag',
      'pytanie',
      'soru',
      'вопрос',
      '问题',
      '質問',
      'source',
      'text',
      'description',
      'title',
      'message',
      'content',
    ],
  ],
  system: [['system', 'persona']],
  context: [['context', 'passage', 'background', 'document', 'input', 'kontext']],
} as const satisfies Record<keyof Columns, readonly (readonly string[])[]>;

interface ColumnFacts {
  readonly name: string;
  /** Share of rows that hold text here. */
  readonly filled: number;
  readonly averageChars: number;
  /** Share of the filled cells that are mere numbers, dates or identifiers. */
  readonly bare: number;
}

/** A mere number, date, identifier or truth value: nothing that anyone would ask or answer. */
export const isBareValue = (text: string): boolean =>
  /^(?:[-+]?[\d.,:/\s-]+|[0-9a-f-]{32,36}|true|false|null)$/i.test(text);

/** How well a name fits, 0 to 10. `exact` 10 / 8 / 6 by rank of the word; a name that merely contains it, half. */
export function nameScore(name: string, role: keyof Columns): number {
  const parts = name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  let best = 0;
  words[role].forEach((group: readonly string[], rank) => {
    for (const word of group) {
      if (parts.length === 1 && parts[0] === word) best = Math.max(best, 10 - rank * 2);
      else if (word.length > 2 && parts.includes(word)) best = Math.max(best, 5 - rank);
    }
  });
  return best;
}

/**
 * Chooses the columns by name and content over the sampled rows: the answer first, then the question, then the rest.
 * Undefined where no two columns can be told apart with any reason.
 */
export function chooseColumns(
  names: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
): { readonly columns: Columns; readonly confidence: number } | undefined {
  const facts = names.map((name) => columnFacts(name, rows));
  const letters = names.some((name) => /^q$/i.test(name.trim()));
  // A column "A" answers only beside a column "Q"; elsewhere it is the first of the alphabet.
  const answer = best(letters ? facts : facts.filter(({ name }) => !/^a$/i.test(name.trim())), 'answer', []);
  const question = best(facts, 'question', answer === undefined ? [] : [answer]);
  if (answer !== undefined && question !== undefined) {
    const system = best(facts, 'system', [answer, question]);
    const context = best(facts, 'context', [answer, question, ...(system === undefined ? [] : [system])]);
    const named = Math.min(nameScore(answer, 'answer'), nameScore(question, 'question'));
    return { columns: { question, answer, system, context }, confidence: 0.5 + named / 20 };
  }
  return chooseByContent(facts, answer, question, rows.length);
}

/** Rows from which a column's contents may stand in for a telling name: one row shows nothing. */
const enoughRows = 2;

/** Where names do not tell: the longest text is the partner of a known column; of two texts the first asks. */
function chooseByContent(
  facts: readonly ColumnFacts[],
  answer: string | undefined,
  question: string | undefined,
  rows: number,
): { readonly columns: Columns; readonly confidence: number } | undefined {
  if (rows < enoughRows) return undefined;
  const texts = facts.filter(({ bare, filled }) => bare < 0.5 && filled > 0.5);
  const partner = longest(texts.filter(({ name }) => name !== answer && name !== question));
  if (answer !== undefined) return partner && { columns: { question: partner.name, answer }, confidence: 0.4 };
  if (question !== undefined) return partner && { columns: { question, answer: partner.name }, confidence: 0.4 };
  const [first, second] = texts.length === 2 ? texts : facts.length === 2 ? facts : [];
  if (first === undefined || second === undefined) return undefined;
  return { columns: { question: first.name, answer: second.name }, confidence: 0.3 };
}

function best(facts: readonly ColumnFacts[], role: keyof Columns, taken: readonly string[]): string | undefined {
  let winner: string | undefined;
  let winnerScore = 0;
  for (const { name, filled, bare } of facts) {
    if (taken.includes(name)) continue;
    const byName = nameScore(name, role);
    if (byName === 0) continue;
    const optional = role === 'system' || role === 'context';
    const score = byName + (optional ? 0 : filled) - (role === 'answer' ? 0 : bare);
    if (score > winnerScore) [winner, winnerScore] = [name, score];
  }
  return winner;
}

function longest(facts: readonly ColumnFacts[]): ColumnFacts | undefined {
  return facts.toSorted((a, b) => b.averageChars - a.averageChars)[0];
}

function columnFacts(name: string, rows: readonly Readonly<Record<string, unknown>>[]): ColumnFacts {
  let filled = 0;
  let chars = 0;
  let bare = 0;
  for (const row of rows) {
    const value = row[name];
    if (value === null || value === undefined || typeof value === 'object') continue;
    const text = String(value).trim();
    if (text === '') continue;
    filled += 1;
    chars += text.length;
    if (isBareValue(text)) bare += 1;
  }
  return {
    name,
    filled: rows.length === 0 ? 0 : filled / rows.length,
    averageChars: filled === 0 ? 0 : chars / filled,
    bare: filled === 0 ? 0 : bare / filled,
  };
}
