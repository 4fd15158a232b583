import { Check, ShieldAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import { formatCommand, splitCommand } from '#common/domain/command-words.ts';
import type { CheckSpec } from '#common/domain/recipe.ts';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { Button } from '../../ui/Button.tsx';
import { FailureCallout } from '../../ui/Callout.tsx';
import { Field } from '../../ui/Field.tsx';
import { useAction, useAnswer } from '../../ui/hooks.ts';

const kinds = Object.keys(words.train.checks) as CheckSpec['kind'][];

/** True where the check may run: any but a program, and a program that was seen and allowed. Null while nobody knows. */
export function useCheckAllowed(subject: string, check: CheckSpec): boolean | null {
  const [allowed, setAllowed] = useState<boolean | null>(null);
  const key = JSON.stringify([subject, check]);
  useEffect(() => {
    let current = true;
    const ask = (): void => {
      if (check.kind !== 'command') return setAllowed(true);
      api.training.checkStatus({ subject, check }).then(
        (status) => current && setAllowed(status.allowed),
        () => current && setAllowed(false),
      );
    };
    ask();
    window.addEventListener('tunesmith-check-allowed', ask);
    return () => {
      current = false;
      window.removeEventListener('tunesmith-check-allowed', ask);
    };
  }, [key]);
  return allowed;
}

interface Props {
  /** The draft that the check belongs to. */
  readonly subject: string;
  readonly check: CheckSpec;
  onChange(check: CheckSpec): void;
}

export function CheckChoice({ subject, check, onChange }: Props) {
  const [kind, setKind] = useState(check.kind);
  const [text, setText] = useState(
    check.kind === 'regex'
      ? check.pattern
      : check.kind === 'command'
        ? formatCommand([check.program, ...check.args])
        : '',
  );
  const split = useAction();
  const set = (next: CheckSpec['kind'], value: string): void => {
    if (next !== 'regex' && next !== 'command') return onChange({ kind: next });
    if (value.trim() === '') return;
    void split.run(async () => {
      if (next === 'regex') return onChange({ kind: 'regex', pattern: value });
      const [program, ...args] = splitCommand(value);
      if (program !== undefined) onChange({ kind: 'command', program, args });
    });
  };
  return (
    <div className="stack check-choice">
      <select
        className="input"
        aria-label={words.train.right}
        value={kind}
        onChange={(event) => {
          const next = event.target.value as CheckSpec['kind'];
          setKind(next);
          setText('');
          set(next, '');
        }}
      >
        {kinds.map((name) => (
          <option key={name} value={name}>
            {words.train.checks[name][0]}: {words.train.checks[name][1]}
          </option>
        ))}
      </select>
      {(kind === 'regex' || kind === 'command') && (
        <Field
          label={kind === 'regex' ? words.train.pattern : words.train.program}
          hint={kind === 'regex' ? words.train.patternWhy : words.train.programWhy}
        >
          <input
            className="input mono"
            value={text}
            onChange={(event) => setText(event.target.value)}
            onBlur={() => set(kind, text)}
            onKeyDown={(event) => event.key === 'Enter' && set(kind, text)}
          />
        </Field>
      )}
      <FailureCallout failure={split.failure} />
      {check.kind === 'command' && kind === 'command' && <AllowProgram subject={subject} check={check} />}
      <TryOut subject={subject} check={check} />
    </div>
  );
}

/** A program runs with the person's rights: it is shown and allowed before it ever does. */
export function AllowProgram({ subject, check }: Omit<Props, 'onChange'>) {
  const status = useAnswer(
    (signal) => api.training.checkStatus({ subject, check }, signal),
    JSON.stringify([subject, check]),
  );
  const work = useAction();
  if (status.value === null) return <FailureCallout failure={status.failure} />;
  if (status.value.allowed) {
    return (
      <p className="small row">
        <Check className="icon accent" aria-hidden />
        {words.train.allowed}: <code>{status.value.words}</code>
      </p>
    );
  }
  const allow = async (): Promise<void> => {
    await api.training.allowCheck({ subject, check });
    status.again();
    window.dispatchEvent(new Event('tunesmith-check-allowed'));
  };
  return (
    <>
      <div className="allow" role="group" aria-label={words.train.allowTitle}>
        <p className="row strong">
          <ShieldAlert className="icon" aria-hidden />
          {words.train.allowTitle}
        </p>
        <pre className="mono expected">{status.value.words}</pre>
        <Button small busy={work.busy} onClick={() => void work.run(allow)}>
          {words.train.allow}
        </Button>
      </div>
      <FailureCallout failure={work.failure} />
    </>
  );
}

function TryOut({ subject, check }: Omit<Props, 'onChange'>) {
  const [expected, setExpected] = useState('');
  const [answer, setAnswer] = useState('');
  const [verdict, setVerdict] = useState<{ readonly passed: boolean; readonly why?: string | undefined } | null>(null);
  const work = useAction();
  return (
    <details className="small">
      <summary>{words.train.tryOut}</summary>
      <div className="stack">
        <Field label={words.train.tryExpected}>
          <textarea className="input area" value={expected} onChange={(event) => setExpected(event.target.value)} />
        </Field>
        <Field label={words.train.tryAnswer}>
          <textarea className="input area" value={answer} onChange={(event) => setAnswer(event.target.value)} />
        </Field>
        <div className="row" role="status">
          <Button
            small
            busy={work.busy}
            onClick={() =>
              void work.run(async () => setVerdict(await api.training.tryCheck({ subject, check, expected, answer })))
            }
          >
            {words.train.tryRun}
          </Button>
          {verdict !== null && (
            <span className={`badge ${verdict.passed ? 'good' : 'warn'}`}>
              {verdict.passed ? words.train.tryPassed : words.train.tryFailed}
            </span>
          )}
          {verdict?.why}
        </div>
        <FailureCallout failure={work.failure} />
      </div>
    </details>
  );
}
