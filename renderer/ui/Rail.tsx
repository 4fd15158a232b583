import { Keyboard, ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { words } from '../copy/index.ts';
import { useApp } from '../state/app.ts';
import { showShortcuts } from '../state/help.ts';
import { Button } from './Button.tsx';
import { bytes } from './format.ts';
import { Meter } from './Meter.tsx';

export function Brand() {
  return (
    <div className="brand">
      <Mark />
      {words.shell.name}
    </div>
  );
}

export function Mark() {
  return (
    <svg
      width="20"
      height="20"
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M6.5 2v6a3.5 3.5 0 0 0 7 0V2M10 11.6V18" />
      <path d="M2.6 4.2v3.6M17.4 4.2v3.6" strokeWidth="1.5" opacity=".55" />
    </svg>
  );
}

export function RailFoot({ children }: { readonly children?: ReactNode }) {
  const machine = useApp((state) => state.machine);
  return (
    <div className="rail-foot">
      {children}
      {machine !== null && (
        <>
          <div className="row">
            <b>{words.shell.memory}</b>
            <span className="push">{words.shell.memoryFree(bytes(machine.freeBytes), bytes(machine.memoryBytes))}</span>
          </div>
          <Meter
            kind="picture"
            label={words.shell.memoryName(bytes(machine.memoryBytes - machine.freeBytes), bytes(machine.memoryBytes))}
            value={100 - (machine.freeBytes / machine.memoryBytes) * 100}
          />
        </>
      )}
      <div className="row">
        <ShieldCheck className="icon" aria-hidden />
        <span>{words.shell.private}</span>
        <Button
          look="quiet"
          small
          iconOnly
          className="push"
          aria-label={words.shortcuts.title}
          aria-keyshortcuts="?"
          title={words.shortcuts.title}
          onClick={() => showShortcuts()}
        >
          <Keyboard className="icon" aria-hidden />
        </Button>
      </div>
    </div>
  );
}

export function Strip({ trail }: { readonly trail: readonly { readonly label: string; readonly href?: string }[] }) {
  return (
    <header className="strip">
      <nav aria-label={words.shell.youAreHere}>
        <ol>
          {trail.map(({ label, href }, index) => (
            <li key={`${index}${label}`} aria-current={index === trail.length - 1 ? 'page' : undefined}>
              {href === undefined ? label : <a href={href}>{label}</a>}
            </li>
          ))}
        </ol>
      </nav>
    </header>
  );
}
