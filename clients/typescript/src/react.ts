"use client";

// The session of a React app: one provider at its root, and one hook. The file imports nothing of the client but types.

import { createContext, createElement, useContext, useEffect, useMemo, useRef, useState, type ReactElement, type ReactNode } from "react";

import type { Daemun, User } from "./index.js";

/** The session as the page knows it: compare `status` before you read the other fields. */
export type SessionState =
  /** The service has not responded yet. */
  | { status: "loading"; user: undefined }
  | { status: "authenticated"; user: User }
  | { status: "unauthenticated"; user: null }
  /** The service is unreachable or responded with an error: call `refresh` to try again. */
  | { status: "failed"; user: undefined; error: unknown };

export type UseSession = SessionState & {
  client: Daemun;
  /** Reads the session again. */
  refresh: () => Promise<void>;
};

export interface SessionProviderProps {
  /** One object for the whole app: create it outside of components. */
  client: Daemun;
  /** The user that a server has read already. Without it, the provider reads the session at first. */
  initialUser?: User | null | undefined;
  children?: ReactNode;
}

const Context = createContext<UseSession | undefined>(undefined);

/**
 * Provides the session to `useSession`. It follows logins, logouts and changes of `client`, and reads
 * the session again when the tab becomes visible, because another tab may have changed it.
 */
export function SessionProvider({ client, initialUser, children }: SessionProviderProps): ReactElement {
  const [state, setState] = useState<SessionState>(() => stateOf(initialUser));
  // Counts changes, so that a slow response does not replace a newer state.
  const version = useRef(0);

  const value = useMemo(() => {
    async function refresh() {
      const started = (version.current += 1);
      const read = await client.session().then(({ user }) => stateOf(user), (error: unknown) => failed(error));
      if (version.current !== started) return;
      setState((known) => (read.status === "failed" && known.status === "authenticated" ? known : read));
    }
    return { client, refresh };
  }, [client]);

  useEffect(() => {
    const unsubscribe = client.onSessionChange((user) => {
      version.current += 1;
      setState(stateOf(user));
    });
    const onVisible = () => document.visibilityState === "visible" && void value.refresh();
    document.addEventListener("visibilitychange", onVisible);
    if (initialUser === undefined) void value.refresh();
    return () => {
      unsubscribe();
      document.removeEventListener("visibilitychange", onVisible);
    };
    // The first render alone decides about `initialUser`.
  }, [client, value]);

  const session = useMemo<UseSession>(() => ({ ...state, ...value }), [state, value]);
  return createElement(Context.Provider, { value: session }, children);
}

/** Returns the session. Must be called below a `SessionProvider`. */
export function useSession(): UseSession {
  const session = useContext(Context);
  if (session === undefined) throw new Error("useSession must be called below a <SessionProvider>");
  return session;
}

function stateOf(user: User | null | undefined): SessionState {
  if (user === undefined) return { status: "loading", user };
  return user === null ? { status: "unauthenticated", user } : { status: "authenticated", user };
}

function failed(error: unknown): SessionState {
  return { status: "failed", user: undefined, error };
}
