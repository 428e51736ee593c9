import Link from "next/link";
import type { ReactNode } from "react";

import { currentUser } from "@/lib/current-user";
import "./style.css";
import { Providers } from "./providers";

export const metadata = { title: "Quickstart", icons: "data:," };

export default async function Layout({ children }: { children: ReactNode }) {
  const user = await currentUser();
  return (
    <html lang="en">
      <body>
        <nav>
          <Link href="/">Home</Link> <Link href="/private" prefetch={false}>Members</Link> <Link href="/signup">Sign up</Link> <Link href="/login">Log in</Link>
        </nav>
        <main>
          <Providers user={user}>{children}</Providers>
        </main>
      </body>
    </html>
  );
}
