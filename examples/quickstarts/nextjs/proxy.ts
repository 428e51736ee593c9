// Only users see /private. The token is validated with daemun's public keys, offline. Before Next.js 16, this file is `middleware.ts`
// and the function is `middleware`.

import { NextResponse, type NextRequest } from "next/server";

import { ACCESS_COOKIE, exchange, isValid } from "@/lib/access-token";

export const config = { matcher: "/private/:path*" };

export async function proxy(request: NextRequest) {
  const token = request.cookies.get(ACCESS_COOKIE)?.value;
  if (token && (await isValid(token))) return NextResponse.next();

  // The token is valid for five minutes. The session gets the next one.
  const issued = await exchange(request.headers);
  if (!issued) return NextResponse.redirect(new URL("/login", request.url));
  const response = NextResponse.next();
  response.cookies.set(ACCESS_COOKIE, issued.access_token, {
    httpOnly: true, secure: process.env.NODE_ENV === "production", sameSite: "lax", maxAge: issued.expires_in,
  });
  return response;
}
