import { defaultParameters, passthroughParser, type ModelParameters } from './create.ts';
import { markTemplate } from './template.ts';

export interface ModelfileContent {
  /** Beside the Modelfile, for example `model-Q8_0.gguf`. */
  readonly ggufName: string;
  readonly template?: string | undefined;
  readonly stops: readonly string[];
  readonly system?: string | undefined;
  readonly license?: string | undefined;
  /** Merged over `defaultParameters`. */
  readonly parameters?: ModelParameters | undefined;
}

/** The text of a Modelfile for `ollama create NAME -f Modelfile`: what the app sends when it installs, for use by hand. */
export function modelfile(content: ModelfileContent): string {
  const parameters = { ...defaultParameters, ...content.parameters };
  const lines = [
    '# Made by Tunesmith. In this folder run: ollama create my-model -f Modelfile',
    `FROM ${argument(`./${content.ggufName}`)}`,
  ];
  if (content.template !== undefined) {
    lines.push(`TEMPLATE ${quoted(markTemplate(content.template))}`);
    lines.push(`PARSER ${passthroughParser}`);
  }
  if (content.system !== undefined) lines.push(`SYSTEM ${quoted(content.system)}`);
  for (const [name, value] of Object.entries(parameters)) lines.push(`PARAMETER ${name} ${value}`);
  for (const stop of content.stops) lines.push(`PARAMETER stop ${quoted(stop)}`);
  if (content.license !== undefined) lines.push(`LICENSE ${quoted(content.license)}`);
  return `${lines.join('\n')}\n`;
}

/** Ollama knows no escapes: `"…"` for one line, `"""…"""` for anything that holds a quote or a line break. */
function quoted(text: string): string {
  if (!/["\n\r]/.test(text)) return `"${text}"`;
  // Only three quotes at the end of a line would end the text early; a space after them is the one thing that helps.
  return `"""${text.replaceAll(/"""(?=[\r\n])/g, '""" ')}"""`;
}

function argument(text: string): string {
  return /\s/.test(text) ? quoted(text) : text;
}
