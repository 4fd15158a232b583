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
import type { Finding, Repair } from '#common/contract/app/examples.ts';
import type { Failure } from '#common/domain/errors.ts';
import { words } from '../../copy/index.ts';
import { Button } from '../../ui/Button.tsx';
import { FailureCallout } from '../../ui/Callout.tsx';
import { Meter } from '../../ui/Meter.tsx';

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
  readonly answer: { readonly findings: readonly Finding[] } | null;
  readonly loading: boolean;
  readonly failure: Failure | null;
  readonly busy: boolean;
  onShow(finding: Finding): void;
  onRepair(finding: Finding, repair: Repair): void;
  onRepairSafe(): void;
}

export function Doctor({ answer, loading, failure, busy, onShow, onRepair, onRepairSafe }: Props) {
  const findings = answer?.findings ?? [];
  const safe = findings.some(({ repairs }) => repairs.some((repair) => repair.safe));
  return (
    <section className="card" aria-labelledby="doctor" aria-busy={loading}>
      <div className="card-head">
        <Stethoscope className="icon" aria-hidden />
        <h2 id="doctor">{words.examples.doctor}</h2>
        {safe && (
          <Button small className="push" busy={busy || loading} onClick={onRepairSafe}>
            {words.examples.fixSafe}
          </Button>
        )}
      </div>
      <FailureCallout failure={failure} />
      {loading && answer === null ? (
        <div className="pad">
          <Meter label={words.examples.doctorBusy} value={null} />
          <p className="small dim">{words.examples.doctorBusy}</p>
        </div>
      ) : (
        <ul>
          {findings.map((finding) => {
            const Icon = icons[finding.kind];
            return (
              <li className="find" key={finding.id}>
                <span className={`fi ${finding.kind === 'secret' ? 'bad' : 'warn'}`}>
                  <Icon className="icon" aria-hidden />
                </span>
                <div>
                  <strong>{finding.message}</strong>
                  <p>{finding.advice}</p>
                </div>
                <div className="acts">
                  {finding.repairs.map((repair) => (
                    <Button key={repair.kind} small busy={busy || loading} onClick={() => onRepair(finding, repair)}>
                      {repair.label}
                    </Button>
                  ))}
                  <Button look="quiet" small onClick={() => onShow(finding)}>
                    {words.examples.show}
                  </Button>
                </div>
              </li>
            );
          })}
          {findings.length === 0 && failure === null && (
            <li className="small dim row pad">
              <Check className="icon accent" aria-hidden />
              {words.examples.healthy}
            </li>
          )}
        </ul>
      )}
    </section>
  );
}
