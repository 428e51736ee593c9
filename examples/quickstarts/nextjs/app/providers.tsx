"use client";

import { Daemun, type User } from "daemun-client";
import { SessionProvider } from "daemun-client/react";
import type { ReactNode } from "react";

const daemun = new Daemun({ baseUrl: "/auth", transport: "cookie" });

export function Providers({ user, children }: { user: User | null; children: ReactNode }) {
  return <SessionProvider client={daemun} initialUser={user}>{children}</SessionProvider>;
}
