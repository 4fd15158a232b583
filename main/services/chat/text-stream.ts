/** Turns a growing list of tokens into text that may be shown: whole characters only, and nothing of a stop text. */
export interface TextStream {
  /** All tokens so far. */
  add(tokens: readonly number[]): { readonly added: string; readonly isStopped: boolean };
  /** What was held back, when no more tokens come. */
  end(): string;
  /** The answer, without the stop text. */
  whole(): string;
}

export function textStream(stops: readonly string[], detokenize: (tokens: readonly number[]) => string): TextStream {
  let text = '';
  let shown = 0;
  let isStopped = false;
  const show = (upTo: number): string => {
    const added = text.slice(shown, Math.max(shown, upTo));
    shown = Math.max(shown, upTo);
    return added;
  };
  return {
    add(tokens) {
      if (isStopped) return { added: '', isStopped };
      text = detokenize(tokens);
      const found = stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
      if (found.length > 0) {
        text = text.slice(0, Math.min(...found));
        isStopped = true;
        return { added: show(text.length), isStopped };
      }
      // A character whose bytes are not all there yet shows as U+FFFD; a beginning of a stop text may become one.
      const whole = text.replace(/\uFFFD+$/, '');
      return { added: show(whole.length - heldBack(whole, stops)), isStopped };
    },
    end: () => show(text.length),
    whole: () => text,
  };
}

/** Length of the longest ending of the text with which a stop text begins. */
function heldBack(text: string, stops: readonly string[]): number {
  let longest = 0;
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length -= 1) {
      if (text.endsWith(stop.slice(0, length))) longest = length;
    }
  }
  return longest;
}
