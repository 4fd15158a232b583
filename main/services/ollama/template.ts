/**
 * The Go template that makes Ollama write exactly the text that the app writes for a conversation.
 *
 * It is not chosen from a list of families but read off the app's own rendering: conversations of marker words are rendered,
 * and what stands between the markers is the template. Further conversations are then rendered by both and must agree, so a
 * template that cannot be said this way (one that rewrites earlier turns, say) yields none, and never a wrong one.
 */
import type { Message, Role } from '#common/domain/example.ts';

/** The app's text for a conversation up to the opening of the assistant's turn; rejects where the template refuses it. */
export type RenderPrompt = (messages: readonly Message[]) => Promise<string>;

/** What stands around the messages. */
interface Shape {
  /** From the start to the first question; no system prompt given. */
  readonly opening: string;
  /** Around the system prompt where one is given. */
  readonly beforeSystem: string;
  readonly afterSystem: string;
  /** From a question to the answer after it, and from an answer to the next question. */
  readonly toAnswer: string;
  readonly toQuestion: string;
  /** From the last question to the end. */
  readonly closing: string;
  /** Roles whose texts lose the white space around them. */
  readonly trimmed: ReadonlySet<Role>;
  /** The system prompt is part of the first question's text, and that text is trimmed as a whole. */
  readonly joined: boolean;
}

const marks = { system: 'qzsystemqz', user: 'qzuserqz', assistant: 'qzanswerqz', user2: 'qzsecondqz' } as const;
/** Texts that open a sequence. The server adds it by itself; in a template some versions would double it. */
const openers = ['<bos>', '<s>', '<|begin_of_text|>', '<|startoftext|>', '<|begin▁of▁sentence|>'];

/** The template for the model that `render` renders for, or undefined where Ollama had better use the file's own. */
export async function ollamaTemplate(render: RenderPrompt): Promise<string | undefined> {
  const clean: RenderPrompt = async (messages) => withoutOpener(await render(messages));
  const shape = await readShape(clean).catch(() => undefined);
  if (shape === undefined) return undefined;
  for (const probe of probes) {
    const expected = await clean(probe).catch(() => undefined);
    if (expected !== undefined && expected !== renderShape(shape, probe)) return undefined;
  }
  return goTemplate(shape);
}

/** Text without the token that opens a sequence, which Ollama never shows and never needs. */
export function withoutOpener(text: string): string {
  const opener = openers.find((each) => text.startsWith(each));
  return opener === undefined ? text : text.slice(opener.length);
}

/** A comment, which renders as nothing, by which a model in Ollama is known to have been made here. */
const mark = '{{/* made by Tunesmith */}}';

export function markTemplate(template: string): string {
  return template.startsWith(mark) ? template : `${mark}${template}`;
}

export function isMarkedTemplate(template: string): boolean {
  return template.startsWith(mark);
}

async function readShape(render: RenderPrompt): Promise<Shape | undefined> {
  const question: Message = { role: 'user', content: marks.user };
  const turns: readonly Message[] = [
    question,
    { role: 'assistant', content: marks.assistant },
    { role: 'user', content: marks.user2 },
  ];
  const plain = between(await render(turns), [marks.user, marks.assistant, marks.user2]);
  if (plain === undefined) return undefined;
  const [opening = '', toAnswer = '', toQuestion = '', closing = ''] = plain;
  // A template without a system role: the instructions open the first question.
  const withSystem = await render([{ role: 'system', content: marks.system }, question]).catch(() => undefined);
  const around =
    withSystem === undefined ? [opening, '\n\n', closing] : between(withSystem, [marks.system, marks.user]);
  if (around === undefined || around[2] !== closing) return undefined;
  const [beforeSystem = '', afterSystem = ''] = around;
  const plainShape: Shape = {
    opening,
    beforeSystem,
    afterSystem,
    toAnswer,
    toQuestion,
    closing,
    trimmed: new Set(),
    joined: false,
  };
  const user = await withTrimming(render, plainShape, 'user');
  const both = user && (await withTrimming(render, user, 'assistant'));
  return both && withTrimming(render, both, 'system');
}

/** The shape, trimming this role's texts where the app does; undefined where it does something else with them. */
async function withTrimming(render: RenderPrompt, shape: Shape, role: Role): Promise<Shape | undefined> {
  const padded = padding(role);
  const text = await render(padded).catch(() => undefined);
  const candidates: readonly Shape[] = [
    shape,
    { ...shape, trimmed: new Set([...shape.trimmed, role]) },
    ...(role === 'system' && shape.opening === shape.beforeSystem && shape.trimmed.has('user')
      ? [{ ...shape, joined: true }]
      : []),
  ];
  return text === undefined ? shape : candidates.find((candidate) => renderShape(candidate, padded) === text);
}

/** The pieces around marks that must stand in a text once each and in this order. */
function between(text: string, words: readonly string[]): string[] | undefined {
  const pieces: string[] = [];
  let from = 0;
  for (const word of words) {
    const at = text.indexOf(word, from);
    if (at === -1 || text.split(word).length !== 2) return undefined;
    pieces.push(text.slice(from, at));
    from = at + word.length;
  }
  return [...pieces, text.slice(from)];
}

/** A conversation in which the text of one role has white space around it. */
function padding(padded: Role): readonly Message[] {
  const text = (role: Role, words: string) => ({ role, content: role === padded ? `\n  ${words}\t\n` : words });
  const rest = [text('user', 'one'), text('assistant', 'two'), text('user', 'three')];
  return padded === 'system' ? [text('system', 'zero'), ...rest] : rest;
}

/** Conversations that put a shape to the test: longer ones, several lines, braces, letters of other scripts. */
const probes: readonly (readonly Message[])[] = [
  [{ role: 'user', content: 'A question with {{ braces }} and\n\nseveral lines, “quotes” and 日本語?' }],
  [
    { role: 'system', content: 'Answer briefly.\nIn two lines.' },
    { role: 'user', content: 'One?' },
    { role: 'assistant', content: 'First.\n  indented' },
    { role: 'user', content: 'Two?' },
    { role: 'assistant', content: 'Second.' },
    { role: 'user', content: 'Three?' },
  ],
  [
    { role: 'user', content: 'One?' },
    { role: 'assistant', content: 'First.' },
    { role: 'user', content: 'Two?' },
    { role: 'assistant', content: 'Second.' },
    { role: 'user', content: 'Three?' },
  ],
  [
    { role: 'system', content: ' \n Answer. \n' },
    { role: 'user', content: '\n  One? ' },
    { role: 'assistant', content: '\tFirst. ' },
    { role: 'user', content: ' Two?\n' },
  ],
];

/** What the Go template writes: must be kept in step with `goTemplate`, and the tests against a real server hold it to that. */
function renderShape(shape: Shape, messages: readonly Message[]): string {
  const text = ({ role, content }: Message) => (shape.trimmed.has(role) ? trim(content) : content);
  const system = messages.find((message) => message.role === 'system');
  const isHead = system !== undefined && !shape.joined;
  let out = isHead ? shape.beforeSystem + text(system) + shape.afterSystem : shape.opening;
  let last: Role | undefined;
  for (const message of messages) {
    if (message.role === 'system') continue;
    if (message.role === 'assistant') out += shape.toAnswer;
    else if (last === 'assistant') out += shape.toQuestion;
    const joins = shape.joined && system !== undefined && last === undefined;
    out += joins ? trim(system.content + shape.afterSystem + message.content) : text(message);
    last = message.role;
  }
  return last === 'assistant' ? out : out + shape.closing;
}

/** As the Go template below: bytes up to the space are white space. */
function trim(text: string): string {
  return text.replaceAll(/^[\u0000-\u0020]+|[\u0000-\u0020]+$/g, '');
}

function goTemplate(shape: Shape): string {
  const content = (role: Role, expression: string) =>
    shape.trimmed.has(role) ? goTrim(expression) : `{{ ${expression} }}`;
  const system = `${literal(shape.beforeSystem)}${content('system', '.System')}${literal(shape.afterSystem)}`;
  const opening = shape.joined
    ? literal(shape.opening)
    : `{{ if .System }}${system}{{ else }}${literal(shape.opening)}{{ end }}`;
  // A JSON string is a Go string.
  const joined = `{{ $text := .Content }}{{ if and $.System (eq $last "") }}{{ $text = print $.System ${JSON.stringify(shape.afterSystem)} .Content }}{{ end }}`;
  const question = shape.joined ? `${joined}${goTrim('$text')}` : content('user', '.Content');
  return [
    `${opening}{{ $last := "" }}{{ range .Messages }}`,
    `{{ if eq .Role "user" }}{{ if eq $last "assistant" }}${literal(shape.toQuestion)}{{ end }}`,
    `${question}{{ $last = .Role }}`,
    `{{ else if eq .Role "assistant" }}${literal(shape.toAnswer)}${content('assistant', '.Content')}{{ $last = .Role }}`,
    `{{ end }}{{ end }}{{ if ne $last "assistant" }}${literal(shape.closing)}{{ end }}`,
  ].join('');
}

function literal(text: string): string {
  return text.replaceAll('{{', '{{ "{{" }}');
}

/** Go's templates cannot trim: this finds the first and the last byte beyond the space and writes what lies between. */
function goTrim(expression: string): string {
  return [
    `{{ $t := ${expression} }}{{ $a := -1 }}{{ $z := -1 }}{{ range $i := len $t }}{{ if gt (index $t $i) 32 }}`,
    '{{ if lt $a 0 }}{{ $a = $i }}{{ end }}{{ $z = $i }}{{ end }}{{ end }}',
    '{{ if ge $a 0 }}{{ slice $t $a $z }}{{ slice (slice $t $z) 0 1 }}{{ end }}',
  ].join('');
}
