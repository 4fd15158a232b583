import {
  CaseSensitive,
  Check,
  CircleSlash,
  Copy,
  CopyMinus,
  GitCompareArrows,
  IdCard,
  KeyRound,
  Scissors,
  Shuffle,
  Stethoscope,
  type LucideIcon,
} from 'lucide-react';
import { useState } from 'react';
import type { Finding, Repair } from '#common/contract/app/examples.ts';
import type { Failure } from '#common/domain/errors.ts';
import { words } from '../../copy/index.ts';
import { go } from '../../state/route.ts';
import { Button } from '../../ui/Button.tsx';
import { FailureCallout } from '../../ui/Callout.tsx';
import { Meter } from '../../ui/Meter.tsx';
import { ContradictionDialog } from './ContradictionDialog.tsx';
import { adviceOf, effectOf, repairOf, titleOf } from './finding-words.ts';
import { SafeRepairsDialog } from './SafeRepairsDialog.tsx';

const icons: Record<Finding['kind'], LucideIcon> = {
  duplicate: Copy,
  'near-duplicate': CopyMinus,
  contradiction: GitCompareArrows,
  'empty-answer': CircleSlash,
  'short-answer': CircleSlash,
  'too-long': Scissors,
  secret: KeyRound,
  'personal-data': IdCard,
  'broken-characters': CaseSensitive,
  leakage: Shuffle,
};

interface Props {
  readonly draft: string;
  readonly answer: { readonly revision: number; readonly findings: readonly Finding[] } | null;
  readonly loading: boolean;
  readonly failure: Failure | null;
  readonly busy: boolean;
  /** Why the last repair was not done. */
  readonly changeFailure: Failure | null;
  again(): void;
  onShow(finding: Finding): void;
  onRepair(finding: Finding, repair: Repair): Promise<boolean>;
  onRepairSafe(): Promise<boolean>;
  onRemove(rows: readonly number[]): Promise<boolean>;
}

type Open = { readonly kind: 'safe' } | { readonly kind: 'contradiction' } | null;

/** What may spoil the learning, and one click to mend it. */
export function Doctor({
  draft,
  answer,
  loading,
  failure,
  busy,
  changeFailure,
  again,
  onShow,
  onRepair,
  onRepairSafe,
  onRemove,
}: Props) {
  const [open, setOpen] = useState<Open>(null);
  const findings = answer?.findings ?? [];
  const safe = findings.some(({ repairs }) => repairs.some((repair) => repair.safe));
  const contradiction = findings.find(({ kind }) => kind === 'contradiction');
  const firstRepair = contradiction?.repairs[0];
  const close = (): void => setOpen(null);
  return (
    <section className="card doctor" aria-labelledby="doctor" aria-busy={loading}>
      <div className="card-head">
        <Stethoscope className="icon" aria-hidden />
        <h2 id="doctor">{words.examples.doctor}</h2>
        {safe && (
          <Button small className="push" busy={busy || loading} onClick={() => setOpen({ kind: 'safe' })}>
            {words.examples.fixSafe}
          </Button>
        )}
      </div>
      {failure !== null && (
        <div className="pad">
          <FailureCallout failure={failure} again={again} />
        </div>
      )}
      {loading && (
        <span className="sr" role="status">
          {words.examples.doctorBusy}
        </span>
      )}
      {loading && answer === null ? (
        <div className="pad">
          <Meter label={words.examples.doctorBusy} value={null} />
          <p className="small dim">{words.examples.doctorBusy}</p>
        </div>
      ) : (
        failure === null && (
          <>
            <ul>
              {findings.map((finding) => (
                <FindingItem
                  key={finding.id}
                  draft={draft}
                  finding={finding}
                  busy={busy || loading}
                  onShow={onShow}
                  onRepair={onRepair}
                  onChoose={() => setOpen({ kind: 'contradiction' })}
                />
              ))}
            </ul>
            <p className={`small dim healthy ${findings.length > 0 ? 'ruled-top' : ''}`}>
              <Check className="icon accent" aria-hidden />
              <span>{healthyWords(findings)}</span>
            </p>
          </>
        )
      )}
      {open?.kind === 'safe' && (
        <SafeRepairsDialog
          findings={findings}
          busy={busy}
          onClose={close}
          onRepair={() => void onRepairSafe().then((done) => done && close())}
        />
      )}
      {open?.kind === 'contradiction' && contradiction !== undefined && firstRepair !== undefined && (
        <ContradictionDialog
          draft={draft}
          revision={answer?.revision ?? 0}
          finding={contradiction}
          busy={busy || loading}
          failure={changeFailure}
          onClose={close}
          onRemove={onRemove}
          onKeepFirst={() => onRepair(contradiction, firstRepair)}
        />
      )}
    </section>
  );
}

interface ItemProps {
  readonly draft: string;
  readonly finding: Finding;
  readonly busy: boolean;
  onShow(finding: Finding): void;
  onRepair(finding: Finding, repair: Repair): Promise<boolean>;
  onChoose(): void;
}

function FindingItem({ draft, finding, busy, onShow, onRepair, onChoose }: ItemProps) {
  const Icon = icons[finding.kind];
  const [main, ...others] = finding.repairs;
  return (
    <li className="find">
      <span className={`fi ${finding.kind === 'secret' ? 'bad' : 'warn'}`}>
        <Icon className="icon" aria-hidden />
      </span>
      <div>
        <strong>{titleOf(finding)}</strong>
        <p>{adviceOf(finding)}</p>
      </div>
      <div className="acts">
        {finding.kind === 'contradiction' ? (
          <Button small busy={busy} onClick={onChoose}>
            {words.examples.chooseOne}
          </Button>
        ) : (
          [main, ...others].map(
            (repair) =>
              repair !== undefined && (
                <Button
                  key={repair.kind}
                  small
                  busy={busy}
                  title={effectOf(finding, repair)}
                  aria-description={effectOf(finding, repair)}
                  onClick={() => void onRepair(finding, repair)}
                >
                  {repairOf(finding, repair)}
                </Button>
              ),
          )
        )}
        {finding.kind === 'too-long' && (
          <Button small onClick={() => go({ screen: 'wizard', draft, step: 'preview' })}>
            {words.examples.seeInPreview}
          </Button>
        )}
        <Button look="quiet" small onClick={() => onShow(finding)}>
          {words.examples.show}
        </Button>
      </div>
    </li>
  );
}

const worthSaying = ['duplicate', 'contradiction', 'empty-answer', 'secret', 'broken-characters'] as const;

/** What was looked for and not found. */
function healthyWords(findings: readonly Finding[]): string {
  const { absent, apart, healthy } = words.examples;
  const kinds = new Set(findings.map(({ kind }) => kind));
  const missing = worthSaying.filter((kind) => !kinds.has(kind)).map((kind) => absent[kind]);
  const list = missing.join(', ');
  const start = findings.length === 0 ? `${healthy} ` : '';
  return `${start}${list === '' ? '' : `${list[0]?.toUpperCase()}${list.slice(1)}. `}${apart}`;
}
