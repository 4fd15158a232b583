import { Topic, watchTopic } from '../../services/watch/topic.ts';

/** Run files that the system handed over (a double click), oldest first: each waits until the person has answered for it in the window. */
export interface OpenedRuns {
  add(files: readonly string[]): void;
  /** The person has answered for this one. */
  close(file: string): void;
  /** The one to ask about now, at once and at every change. */
  watch(signal: AbortSignal): AsyncGenerator<{ readonly path: string | null; readonly waiting: number }>;
}

/** Nobody means to open more at once: the rest is a slip of the hand. */
const mostWaiting = 20;

export function openedRuns(): OpenedRuns {
  const topic = new Topic();
  const files: string[] = [];
  return {
    add(more) {
      for (const file of more) if (!files.includes(file) && files.length < mostWaiting) files.push(file);
      topic.changed();
    },
    close(file) {
      const index = files.indexOf(file);
      if (index !== -1) files.splice(index, 1);
      topic.changed();
    },
    watch: (signal) =>
      watchTopic(topic, () => ({ path: files[0] ?? null, waiting: Math.max(0, files.length - 1) }), signal),
  };
}
