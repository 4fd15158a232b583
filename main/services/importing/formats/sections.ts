import type { Row } from '../format.ts';
import type { Line } from '../text-source.ts';
import type { LabelStyle, Judgement } from './label-style.ts';
import { isBlank, isLeadIn, type Label } from './labels.ts';
import { rowOf, type Section } from './section-row.ts';

/**
 * Builds examples from labelled text. A label that is unusual for its file counts only if its partner follows;
 * until then the example before it stays open, so that it can take the label back as a line of its answer.
 */
export class SectionReader {
  readonly #style: LabelStyle;
  readonly #maxRowChars: number;
  readonly #emit: (row: Row) => void;
  readonly #note: (text: string) => void;
  /** The example before the current one, until the current one has its answer. */
  #previous: Section[] | undefined;
  #current: Section[] = [];
  #blankRun = 0;
  #leadInSeen = false;
  #fenced = false;
  #preamble: number | undefined;

  constructor(style: LabelStyle, maxRowChars: number, emit: (row: Row) => void, note: (text: string) => void) {
    this.#style = style;
    this.#maxRowChars = maxRowChars;
    this.#emit = emit;
    this.#note = note;
  }

  text({ number, text, tooLong }: Line): void {
    if (/^\s*(?:```|~~~)/.test(text)) this.#fenced = !this.#fenced;
    const section = this.#current.at(-1);
    if (section === undefined) this.#beforeFirst(number, text);
    else this.#append(section, number, text, tooLong);
    if (isBlank(text) && !tooLong) this.#blankRun += 1;
    else {
      this.#blankRun = 0;
      this.#leadInSeen = isLeadIn(text);
    }
  }

  label(line: Line, label: Label, judgement: Judgement): void {
    const taken = this.#accepts(label, judgement) && this.#begin(line, label, judgement);
    if (!taken) {
      this.#note(`Line ${line.number}, ${quote(line.text)}, was read as part of the text, not as a label.`);
      this.text(line);
      return;
    }
    this.#fenced = false;
    this.#blankRun = 0;
    this.#leadInSeen = false;
  }

  end(): void {
    this.#settleUnanswered();
    if (this.#previous) this.#flush(this.#previous);
    this.#previous = undefined;
    this.#flush(this.#current);
    this.#current = [];
    if (this.#preamble !== undefined)
      this.#note(`The text before the first label (line ${this.#preamble}) was not used.`);
  }

  #accepts(label: Label, { certainty, inPlace }: Judgement): boolean {
    if (label.decoration === 'colon') return certainty === 'sure';
    if (certainty === 'sure' && label.casing === 'upper') return true;
    if (this.#fenced) return false;
    return certainty === 'sure' || inPlace;
  }

  /** False where the label turns out to be text. */
  #begin(line: Line, label: Label, judgement: Judgement): boolean {
    const last = this.#current.at(-1)?.role;
    switch (judgement.role) {
      case 'assistant':
        return this.#beginAnswer(line, label, judgement);
      case 'user':
        if (this.#isAsked() && judgement.certainty === 'possible') return false;
        if (this.#isAsked()) this.#settleUnanswered();
        if (this.#isAsked() || (this.#current.at(-1)?.role === 'assistant' && !this.#conversationGoesOn())) {
          this.#startExample();
        }
        break;
      case 'system':
        this.#settleUnanswered();
        this.#startExample();
        break;
      case 'context':
        // It may stand before or after its question.
        if (last === 'context') return false;
        if (last === 'assistant') this.#startExample();
        break;
    }
    this.#push(line, label, judgement);
    return true;
  }

  /** A question waits for its answer. */
  #isAsked(): boolean {
    const last = this.#current.findLast(({ role }) => role !== 'context')?.role;
    return last === 'user';
  }

  #beginAnswer(line: Line, label: Label, judgement: Judgement): boolean {
    const last = this.#current.at(-1);
    if (last?.role === 'assistant') {
      if (!isFirm(judgement)) return false;
      if (isFirm(last.judgement) || this.#current.length < 2) this.#startExample();
      else this.#takeBack(this.#current.splice(-1), this.#current);
    } else if (last === undefined || last.role === 'system') {
      this.#startExample();
    } else if (!last.judgement.inPlace && !judgement.inPlace && this.#settleUnanswered()) {
      // Both labels stand where this file has none: comments in somebody's code.
      return false;
    } else this.#confirmPrevious();
    this.#push(line, label, judgement);
    return true;
  }

  #push(line: Line, label: Label, judgement: Judgement): void {
    if (judgement.certainty === 'possible') {
      this.#note(
        `Line ${line.number}, ${quote(line.text)}, was read as a label although the others are written differently.`,
      );
    }
    const inline = label.inline === '' ? [] : [label.inline];
    this.#current.push({
      role: judgement.role,
      written: line.text,
      line: line.number,
      endLine: line.number,
      lines: inline,
      inline: inline.length > 0,
      chars: label.inline.length,
      tooLong: false,
      judgement,
    });
  }

  #conversationGoesOn(): boolean {
    if (this.#current.at(-1)?.role !== 'assistant') return false;
    switch (this.#style.ends) {
      case 'pair':
        return false;
      case 'blank':
        return this.#blankRun === 0;
      case 'double-blank':
        return this.#blankRun < 2;
      case 'lead-in':
        return !this.#leadInSeen;
      case 'system':
        return true;
    }
  }

  /** The current example is complete for now; the one before it is complete for good. */
  #startExample(): void {
    this.#confirmPrevious();
    if (this.#current.length > 0) this.#previous = this.#current;
    this.#current = [];
  }

  #confirmPrevious(): void {
    if (this.#previous) this.#flush(this.#previous);
    this.#previous = undefined;
  }

  /** Gives a question without an answer back to the answer before it where its label was doubtful; else false. */
  #settleUnanswered(): boolean {
    const [doubtful] = this.#current;
    const alone = this.#current.length === 1 && doubtful?.role === 'user';
    if (!this.#previous || !alone || isFirm(doubtful.judgement)) return false;
    if (this.#previous.at(-1)?.role !== 'assistant') return false;
    this.#takeBack(this.#current, this.#previous);
    this.#current = this.#previous;
    this.#previous = undefined;
    return true;
  }

  /** Turns sections with doubtful labels into text of the section before them. */
  #takeBack(sections: readonly Section[], before: readonly Section[]): void {
    const into = before.at(-1);
    for (const section of into === undefined ? [] : sections) {
      this.#note(`Line ${section.line}, ${quote(section.written)}, was read as part of the text, not as a label.`);
      const own = section.inline ? section.lines.slice(1) : section.lines;
      into?.lines.push(section.written, ...own);
      if (into) {
        into.chars += section.chars;
        into.endLine = section.endLine;
        into.tooLong ||= section.tooLong;
      }
    }
  }

  #append(section: Section, number: number, text: string, tooLong: boolean): void {
    section.endLine = number;
    section.chars += text.length + 1;
    if (tooLong || section.chars > this.#maxRowChars) {
      section.tooLong = true;
      section.lines.length = 0;
    }
    if (!section.tooLong) section.lines.push(text);
  }

  #beforeFirst(number: number, text: string): void {
    if (!isBlank(text) && !isLeadIn(text)) this.#preamble ??= number;
  }

  #flush(sections: readonly Section[]): void {
    if (sections.length > 0) this.#emit(rowOf(sections, this.#style, this.#maxRowChars));
  }
}

const isFirm = ({ certainty, inPlace }: Judgement): boolean => certainty === 'sure' && inPlace;

const quote = (line: string): string => `"${line.trim().slice(0, 40)}"`;
