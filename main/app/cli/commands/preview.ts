import type { PreviewRow } from '#common/contract/engine.ts';
import { resolveBase } from '../../../features/models/resolve-base.ts';
import { maskedText } from '../mask.ts';
import { wholeNumber, type Given } from '../options.ts';
import type { Workplace } from '../workplace.ts';
import { importWithProgress, noteImport } from './import.ts';

const longestByDefault = 2048;

export async function preview(work: Workplace, files: readonly string[], given: Given): Promise<void> {
  const { output, signal } = work;
  const base = await resolveBase(given['base'] ?? '', work, signal);
  const row = given['row'] === undefined ? undefined : wholeNumber('row', given['row'], 1);
  const info = await work.engine.inspect({ path: base.path }, signal);
  const maxTokens = wholeNumber(
    'max-tokens',
    given['maxTokens'],
    Math.min(longestByDefault, info.contextLength || longestByDefault),
    8,
  );
  await using imported = await importWithProgress(work, files, given, { examine: false });
  noteImport(output, imported.report);
  const template = given['chatTemplate'] === undefined ? {} : { chatTemplate: given['chatTemplate'] };
  const request = {
    basePath: base.path,
    datasetPath: imported.path,
    maxTokens,
    ...template,
    ...(row === undefined ? {} : { rows: [row] }),
  };
  let problems = 0;
  for await (const shown of work.engine.preview(request, signal)) {
    if (shown.problem !== undefined) problems += 1;
    await output.row(shown);
    if (!output.json) await showRow(work, shown);
  }
  if (problems > 0) output.warn(`${problems} rows cannot be learned as they are; each says why.`);
  if (!output.json) {
    const { green, dim, red } = output.colors;
    output.note(
      output.colors.isColorSupported
        ? `Colours: ${green('learned')}, ${dim('read')}, ${red('cut off')}.`
        : 'Marks: [learned] read {cut off}.',
    );
  }
}

async function showRow({ output }: Workplace, { row, tokens, problem, advice }: PreviewRow): Promise<void> {
  const count = (role: string): number => tokens.filter((token) => token.role === role).length;
  const cut = count('cut');
  const words = `${count('learned')} tokens learned, ${count('read')} read${cut === 0 ? '' : `, ${cut} cut off`}`;
  await output.line(output.colors.bold(`Row ${row}: ${words}`));
  if (problem !== undefined) await output.line(output.colors.yellow(`${problem} ${advice ?? ''}`));
  await output.line(maskedText(tokens, output.colors));
  await output.line();
}
