// The session of the app: one client, and the user as the client knows it.

import { Daemun, type User } from "daemun-client";
import { readonly, ref } from "vue";

export const daemun = new Daemun({ baseUrl: "/auth", transport: "cookie" });

const user = ref<User | null>(null);
daemun.onSessionChange((changed) => (user.value = changed));

async function refresh() {
  user.value = (await daemun.session()).user;
}

/** Resolves once the service has responded for the first time. */
export const ready = refresh();

// Another tab may have changed the session.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") refresh().catch(() => undefined);
});

export function useSession() {
  return { user: readonly(user), daemun };
}
