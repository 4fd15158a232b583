import { create } from 'zustand';

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** Good news that goes by itself. Errors are never toasts: they stay where they happened. */
export const useToasts = create<{ readonly toast: Toast | null }>(() => ({ toast: null }));

let last = 0;
export function say(text: string, action?: Toast['action']): void {
  last += 1;
  useToasts.setState({ toast: { id: last, text, ...(action === undefined ? {} : { action }) } });
}

export function dismissToast(id: number): void {
  useToasts.setState((state) => (state.toast?.id === id ? { toast: null } : state));
}
