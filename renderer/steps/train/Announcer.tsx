import { useRef } from 'react';
import { words } from '../../copy/index.ts';
import type { TrainingView } from '../../state/training.ts';

/** Says each check once, not each tick; and where the training stands when that changes. */
export function Announcer({ view, title }: { readonly view: TrainingView; readonly title: string }) {
  const last = view.answers.at(-1) ?? view.evaluations.at(-1);
  const first = useRef({ update: last?.update, title });
  const right = last !== undefined && 'passed' in last ? words.runs.rightOf(last.passed, last.of) : '';
  const checked =
    last === undefined || last.update === first.current.update ? '' : words.train.said(last.update, right);
  const standing = title === first.current.title ? '' : `${title}. ${view.state.progress?.trained?.reason ?? ''}`;
  return (
    <>
      <p className="sr" role="status">
        {checked}
      </p>
      <p className="sr" role="status">
        {standing}
      </p>
    </>
  );
}
