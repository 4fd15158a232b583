import path from 'node:path';
import { evaluate } from '../../../features/evaluating/evaluate.ts';
import { resolveBase } from '../../../features/models/resolve-base.ts';
import { visible } from '../mask.ts';
import { checkOf, threadsOf, wholeNumber, type Given } from '../options.ts';
import { bar } from '../status-line.ts';
import type { Workplace } from '../workplace.ts';
import { importWithProgress, noteImport } from './import.ts';

export async function evaluateCommand(work: Workplace, files: readonly string[], given: Given): Promise<void> {
  const { output, signal } = work;
  const check = checkOf(given);
  const base = await resolveBase(given['base'] ?? '', work, signal);
  const info = await work.engine.inspect({ path: base.path }, signal);
  await using imported = await importWithProgress(work, files, given, { examine: false });
  noteImport(output, imported.report);
  const input = {
    basePath: base.path,
    adapterPath: given['adapter'] === undefined ? undefined : path.resolve(given['adapter']),
    datasetPath: imported.path,
    chatTemplate: given['chatTemplate'],
    maxTokens: wholeNumber('max-tokens', given['maxTokens'], Math.min(2048, info.contextLength || 2048), 8),
    answers: given['answers'] !== undefined || check !== undefined,
    check: check ?? ({ kind: 'similar' } as const),
    maxAnswerTokens: wholeNumber('max-answer-tokens', given['maxAnswerTokens'], 256),
    threads: threadsOf(given['threads']),
  };
  for await (const event of evaluate(work.engine, input, signal)) {
    switch (event.type) {
      case 'progress':
        output.status.show(
          `${bar(event.completed / Math.max(1, event.total))} ${event.stage === 'answer' ? 'answering' : 'reading'}`,
        );
        break;
      case 'answer':
        if (given['showAnswers'] === undefined) break;
        await output.row(event);
        await output.line(`${event.passed ? '✓' : '✗'} ${visible(event.prompt)}\n  → ${visible(event.answer)}`);
        break;
      case 'report': {
        output.status.clear();
        const { report } = event;
        await output.row(report);
        await output.line(`${report.examples} examples, ${report.learnedTokens} learned tokens`);
        await output.line(
          `Loss ${report.loss.toFixed(4)}, ${(report.tokenAccuracy * 100).toFixed(1)} % of the tokens right`,
        );
        if (report.of !== undefined) {
          await output.line(
            `${report.passed ?? 0} of ${report.of} answers right, ${report.stopped ?? 0} ended by themselves`,
          );
        }
      }
    }
  }
}
