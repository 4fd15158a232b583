import { useEffect } from 'react';
import { stepIds } from '#common/contract/app/drafts.ts';
import { useApp } from '../state/app.ts';
import { showShortcuts } from '../state/help.ts';
import { go } from '../state/route.ts';

export const isMac = navigator.platform.startsWith('Mac');

/** Keys that work on every screen (Ctrl+Enter, Alt+arrows, Ctrl+0 to 7, Ctrl+comma). The pressed button decides what happens. */
export function useShortcuts(): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (document.querySelector('dialog[open]') !== null) return;
      const command = event.ctrlKey || event.metaKey;
      if (command && event.key === 'Enter') return press(event, '[data-key=primary]');
      // On a Mac these move by words inside a text.
      if (event.altKey && isMac && isTyping(event)) return;
      if (event.altKey && event.key === 'ArrowLeft') return press(event, '[data-key=back]');
      if (event.altKey && event.key === 'ArrowRight') return press(event, '[data-key=primary]');
      if (command && event.key === 'z' && !isTyping(event)) return press(event, '[data-key=undo]');
      if (command && (event.key === 'Z' || event.key === 'y') && !isTyping(event))
        return press(event, '[data-key=redo]');
      if (event.key === '?' && !isTyping(event)) return showShortcuts();
      if (command && event.key === '0') {
        event.preventDefault();
        return go({ screen: 'home' });
      }
      if (command && event.key === ',') {
        event.preventDefault();
        return go({ screen: 'settings' });
      }
      const step = command ? stepIds[Number(event.key) - 1] : undefined;
      const { route } = useApp.getState();
      if (step !== undefined && route.screen === 'wizard') press(event, `[data-step=${step}]`);
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}

/** True where single letters are text. */
export function isTyping({ target }: { readonly target: EventTarget | null }): boolean {
  return target instanceof HTMLElement && target.matches('input:not([type=radio],[type=checkbox]), textarea, select');
}

function press(event: KeyboardEvent, selector: string): void {
  const button = document.querySelector<HTMLElement>(selector);
  if (button === null) return;
  event.preventDefault();
  button.click();
}
