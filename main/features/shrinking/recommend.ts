import type { Recommendation, Report, ShrinkChoice } from '#common/contract/app/shrinking.ts';
import type { QuantType } from '#common/contract/engine.ts';

/** Right answers of the best version that may be lost to a smaller file: one in twenty, as far as they can be counted. */
const answersToLose = 0.05;
/** As much as held-out loss may rise where no answers can be counted. */
const lossToGain = 0.02;

interface Recommended {
  readonly recommended: QuantType;
  readonly why: Recommendation;
}

type Measured = ShrinkChoice & { readonly report: Report };

/** The smallest measured size that keeps what was learned; where fewer than two were measured, the default for this size of model. */
export function recommend(choices: readonly ShrinkChoice[], whole: Report | null, fallback: QuantType): Recommended {
  const measured = choices.filter((choice): choice is Measured => choice.report !== null);
  if (measured.length < 2) return { recommended: fallback, why: { kind: 'default' } };
  const all = [...(whole === null ? [] : [whole]), ...measured.map(({ report }) => report)];
  const best = Math.max(0, ...all.map(passedOf));
  if (best > 0) {
    const kept = smallest(measured.filter(({ report }) => passedOf(report) >= best * (1 - answersToLose)));
    const { report, quant } = kept ?? smallest(mostRight(measured))!;
    return { recommended: quant, why: { kind: 'answers', passed: passedOf(report), of: report.of ?? 0, best } };
  }
  const lowest = Math.min(...all.map(({ loss }) => loss));
  const near = measured.filter(({ report }) => report.loss <= lowest * (1 + lossToGain));
  const { report, quant } = smallest(near) ?? smallest(measured)!;
  return { recommended: quant, why: { kind: 'loss', loss: report.loss, best: lowest } };
}

function passedOf({ passed, of }: Report): number {
  return of === undefined || of === 0 ? 0 : (passed ?? 0);
}

/** Where every size lost more than may be lost: those that lost least. */
function mostRight(measured: readonly Measured[]): readonly Measured[] {
  const most = Math.max(...measured.map(({ report }) => passedOf(report)));
  return measured.filter(({ report }) => passedOf(report) === most);
}

function smallest(choices: readonly Measured[]): Measured | undefined {
  return choices.toSorted((a, b) => a.bytes - b.bytes)[0];
}
