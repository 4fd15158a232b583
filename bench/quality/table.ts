/** The reports as the tables of docs/results.md. */
import type { QualityReport } from './measure-model.ts';

export function qualityTable(reports: readonly QualityReport[]): string {
  const rows = reports.flatMap((report) =>
    report.scores.map((score, i) =>
      row([
        i === 0 ? report.model : '',
        score.version,
        `${score.passed} of ${score.of}`,
        `${score.stopped} of ${score.of}`,
        i === 0 ? `${report.heldOutLossBefore.toFixed(2)}, ${report.heldOutLossLowest.toFixed(2)}` : '',
        `${(score.bytes / 1e6).toFixed(0)} MB`,
      ]),
    ),
  );
  const head = ['model', 'version', 'right', 'stops by itself', 'held-out loss before, lowest', 'file'];
  return [row(head), row(head.map(() => '---')), ...rows].join('\n');
}

/** What a table has no room for, one line a model. */
export function qualityNotes(reports: readonly QualityReport[]): string {
  return reports
    .map((report) => {
      const answers = report.answersByUpdate
        .map(({ update, passed, of }) => `${update}: ${passed} of ${of}`)
        .join(', ');
      const ollama = 'leftOut' in report.ollama ? `not run (${report.ollama.leftOut})` : report.ollama.words;
      return [
        `- ${report.model}, preset ${report.preset}: tuned in ${(report.tuneSeconds / 60).toFixed(1)} minutes.`,
        `Right answers on the held-out examples by update: ${answers}; kept: update ${report.keptUpdate}.`,
        `Real Ollama: ${ollama}`,
      ].join(' ');
    })
    .join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Puts `text` between the two marks of a document, in place of what stood there. */
export function replaceBetween(document: string, mark: string, text: string): string {
  const [begin, end] = [`<!-- ${mark} -->`, `<!-- /${mark} -->`];
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the marks ${begin} and ${end} are missing`);
  return `${document.slice(0, from + begin.length)}\n${text}\n${document.slice(to)}`;
}
