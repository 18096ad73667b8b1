// Short messages that are also read aloud, with an undo when there is one.

import { type ReactNode, createContext, useCallback, useContext, useMemo, useRef, useState } from 'react';

interface Toast {
  id: number;
  text: string;
  undo?: { label: string; act: () => void } | undefined;
}

type Say = (text: string, undo?: Toast['undo']) => void;

const Saying = createContext<Say>(() => undefined);
const STAYS_MS = 8000;

export function useSay(): Say {
  return useContext(Saying);
}

export function Toasts({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const next = useRef(0);
  const drop = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);
  const say = useCallback<Say>(
    (text, undo) => {
      const id = next.current++;
      setToasts((all) => [...all.slice(-2), { id, text, undo }]);
      setTimeout(() => drop(id), undo ? STAYS_MS * 2 : STAYS_MS);
    },
    [drop],
  );
  const shown = useMemo(
    () =>
      toasts.map((toast) => (
        <div className="toast" key={toast.id}>
          <span>{toast.text}</span>
          {toast.undo && (
            <button
              type="button"
              onClick={() => {
                toast.undo?.act();
                drop(toast.id);
              }}
            >
              {toast.undo.label}
            </button>
          )}
        </div>
      )),
    [toasts, drop],
  );
  return (
    <Saying value={say}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {shown}
      </div>
    </Saying>
  );
}
