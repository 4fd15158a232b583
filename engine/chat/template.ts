/** Chat templates: the Jinja text that turns a conversation into the one text a model reads. */
import { Environment, Interpreter, Template } from '@huggingface/jinja';
import { TunesmithError } from '#common/domain/errors.ts';
import type { Message } from '#common/domain/example.ts';
import { stripFunctions, withPythonStrip } from './python-strip.ts';

export interface RenderOptions {
  /** Ends the text with the opening of the assistant's turn. */
  readonly addGenerationPrompt: boolean;
  /** For templates with a switch for it: leave the thinking to the model. Default false. */
  readonly thinking?: boolean;
}

export interface ChatTemplate {
  /** The Jinja text as it was given. */
  readonly source: string;
  /** Throws `template-invalid` with the template's own words where it refuses a conversation. */
  render(messages: readonly Message[], options: RenderOptions): string;
}

/**
 * The date that templates see which print one (Llama 3.x). A fixed day makes the learned text the same today and
 * tomorrow; this is the one that Llama's own template falls back to.
 */
const templateDate = new Date(Date.UTC(2024, 6, 26));

/** What `Template.render` gives a template to work with, but for the date, which it cannot be asked to fix. */
const globals: Readonly<Record<string, unknown>> = {
  true: true,
  false: false,
  none: null,
  True: true,
  False: false,
  None: null,
  range: (start: number, stop?: number, step = 1): number[] => {
    const [from, to] = stop === undefined ? [0, start] : [start, stop];
    const count = step === 0 ? 0 : Math.max(0, Math.ceil((to - from) / step));
    return Array.from({ length: count }, (_, i) => from + i * step);
  },
  raise_exception: (message: string) => {
    throw new Error(message);
  },
  strftime_now: (format: string) => strftime(templateDate, format),
};

/**
 * Compiles a template. `bos` and `eos` are the model's token texts (empty where it has none).
 * Throws `template-invalid` where the text is not Jinja, or does not render a plain question and answer.
 */
export function compileTemplate(source: string, tokens: { readonly bos: string; readonly eos: string }): ChatTemplate {
  let program: Template['parsed'];
  try {
    program = withPythonStrip(new Template(source).parsed);
  } catch (cause) {
    throw invalid('The chat template cannot be read', cause);
  }
  const renderRaw = (messages: readonly Message[], options: RenderOptions): string => {
    try {
      const environment = new Environment();
      const variables = {
        ...globals,
        ...stripFunctions,
        messages: messages.map(({ role, content }) => ({ role, content })),
        bos_token: tokens.bos,
        eos_token: tokens.eos,
        add_generation_prompt: options.addGenerationPrompt,
        // Only templates with the switch look at it. Undefined, not true: that is what "not set" means to them.
        ...(options.thinking === true ? {} : { enable_thinking: false }),
      };
      for (const [name, value] of Object.entries(variables)) environment.set(name, value);
      return String(new Interpreter(environment).run(program).value);
    } catch (cause) {
      throw invalid('The chat template refuses this conversation', cause);
    }
  };
  const takesSystem = probe(renderRaw);
  return {
    source,
    render: (messages, options) => renderRaw(takesSystem ? messages : withoutSystem(messages), options),
  };
}

const probeTexts = { system: 'Be brief.', user: 'What is it?', assistant: 'A probe.' };

/** Renders a plain exchange, so that a useless template is refused at once. Answers whether it takes a system role. */
function probe(render: (messages: readonly Message[], options: RenderOptions) => string): boolean {
  const exchange: readonly Message[] = [
    { role: 'user', content: probeTexts.user },
    { role: 'assistant', content: probeTexts.assistant },
  ];
  const text = render(exchange, { addGenerationPrompt: false });
  const opening = render(exchange.slice(0, 1), { addGenerationPrompt: true });
  if (!text.includes(probeTexts.user) || !text.includes(probeTexts.assistant) || !opening.includes(probeTexts.user)) {
    throw invalid('The chat template leaves out the question or the answer');
  }
  try {
    const full = render([{ role: 'system', content: probeTexts.system }, ...exchange], { addGenerationPrompt: false });
    return full.includes(probeTexts.system);
  } catch {
    return false;
  }
}

/**
 * For templates without a system role (Gemma 1 and 2): the instructions open the first message after them,
 * joined as llama.cpp joins them, so that Ollama's rendering is the same.
 */
function withoutSystem(messages: readonly Message[]): readonly Message[] {
  const [first, second, ...rest] = messages;
  if (first?.role !== 'system') return messages;
  if (second === undefined) return [];
  return [{ role: second.role, content: `${first.content}\n${second.content}` }, ...rest];
}

function invalid(what: string, cause?: unknown): TunesmithError {
  const reason = cause instanceof Error && cause.message !== '' ? `: ${cause.message}` : '';
  return new TunesmithError('template-invalid', `${what}${reason}.`.replace(/([.!?])\.$/, '$1'), {
    advice: 'Choose another chat template, for example one of the built-in ones: gemma, llama3, chatml, plain.',
    ...(cause === undefined ? {} : { cause }),
  });
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** The codes of C's strftime that chat templates use, always English and UTC; unknown codes stay as they are. */
function strftime(date: Date, format: string): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = days[date.getUTCDay()] ?? '';
  const month = months[date.getUTCMonth()] ?? '';
  const codes: Readonly<Record<string, string>> = {
    a: day.slice(0, 3),
    A: day,
    b: month.slice(0, 3),
    B: month,
    d: two(date.getUTCDate()),
    m: two(date.getUTCMonth() + 1),
    Y: String(date.getUTCFullYear()),
    y: two(date.getUTCFullYear() % 100),
    H: two(date.getUTCHours()),
    M: two(date.getUTCMinutes()),
    S: two(date.getUTCSeconds()),
    '%': '%',
  };
  return format.replaceAll(/%-?([a-zA-Z%])/g, (whole, code: string) => codes[code] ?? whole);
}
