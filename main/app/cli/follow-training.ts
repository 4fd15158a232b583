import { assertNever } from '#common/domain/errors.ts';
import type { TrainEvent, TrainEventOf } from '#common/domain/train-event.ts';
import { pauseRun, trainRun, type TrainingFiles } from '../../features/training/train.ts';
import { sizeInWords } from '../../services/storage/free-space.ts';
import { exitCodeOf, exitCodes } from './exit.ts';
import { visible } from './mask.ts';
import type { Output } from './output.ts';
import { bar, durationInWords } from './status-line.ts';
import type { Workplace } from './workplace.ts';

/**
 * Trains and shows it. Ctrl-C pauses safely, a second one stops at once; either way the command that goes on is
 * printed. Answers `done` (not yet told: more may follow), or undefined where the training was stopped at once.
 */
export async function followTraining(work: Workplace, files: TrainingFiles): Promise<TrainEventOf<'done'> | undefined> {
  const { output, interrupts, signal } = work;
  const goOn = `Go on with: tunesmith resume ${files.run}`;
  using _pausing = interrupts.pausing(() => {
    pauseRun(work.engine, files).catch(() => interrupts.stop());
  });
  const view = new TrainingView(output);
  output.status.show('Getting base and examples ready …');
  try {
    for await (const event of trainRun(work.store, work.engine, files, signal)) {
      view.show(event);
      if (event.type === 'done') {
        output.status.clear();
        if (event.outcome === 'finished') return event;
        await output.row({ ...event, run: files.run });
        output.note(event.reason);
        output.note(goOn);
        return event;
      }
      await output.row({ ...event, run: files.run });
    }
  } catch (error) {
    output.status.clear();
    const code = exitCodeOf(error);
    if (code === exitCodes.paused || code === exitCodes.failed) output.note(goOn);
    if (code !== exitCodes.paused) throw error;
    output.note('Stopped. What was learned up to the last checkpoint is kept.');
  }
  return undefined;
}

/** The training as people see it: one line of figures, and a line for everything that is worth one. */
class TrainingView {
  readonly #output: Output;
  #total = 0;
  #heldOut = '';

  constructor(output: Output) {
    this.#output = output;
  }

  show(event: TrainEvent): void {
    const { status } = this.#output;
    switch (event.type) {
      case 'start':
        this.#total = event.totalUpdates;
        this.#output.note(
          `${event.trainExamples} examples to learn, ${event.heldOutExamples} held out; ${event.totalUpdates} updates on ${event.device} with ${event.threads} thread${event.threads === 1 ? '' : 's'}.`,
        );
        break;
      case 'step': {
        const share = event.update / Math.max(1, this.#total);
        status.show(
          `${bar(share)} ${event.update}/${this.#total}  loss ${event.loss.toFixed(3)}${this.#heldOut}  ` +
            `${Math.round(event.tokensPerSecond)} tokens/s  ${sizeInWords(event.residentBytes)}  ${durationInWords(event.etaSeconds)} left`,
        );
        break;
      }
      case 'evaluation':
        this.#heldOut = `  held-out ${event.heldOutLoss.toFixed(3)}`;
        this.#output.note(
          `Update ${event.update}: held-out loss ${event.heldOutLoss.toFixed(3)}, ${(100 * event.tokenAccuracy).toFixed(1)} % of the words right`,
        );
        break;
      case 'answers':
        this.#output.note(
          `Update ${event.update}: ${event.passed} of ${event.of} answers right, ${event.stopped} ended by themselves`,
        );
        break;
      case 'sample':
        this.#output.note(`  ${mark(event.passed)} ${short(event.prompt)} → ${short(event.answer)}`);
        break;
      case 'notice':
        this.#output.warn(event.message);
        break;
      case 'checkpoint':
      case 'artifact':
      case 'done':
        break;
      default:
        assertNever(event, 'training event');
    }
  }
}

function mark(passed: boolean | undefined): string {
  return passed === undefined ? '·' : passed ? '✓' : '✗';
}

function short(text: string): string {
  const line = visible(text.replaceAll(/\s+/g, ' ').trim());
  return line.length <= 70 ? line : `${line.slice(0, 69)}…`;
}
