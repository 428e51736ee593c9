import { createRouter, createWebHistory } from "vue-router";

import Home from "./pages/Home.vue";
import LogIn from "./pages/LogIn.vue";
import Private from "./pages/Private.vue";
import SignUp from "./pages/SignUp.vue";
import { ready, useSession } from "./session";

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: "/", component: Home },
    { path: "/signup", component: SignUp },
    { path: "/login", component: LogIn },
    { path: "/private", component: Private, meta: { requiresUser: true } },
  ],
});

// Only users see the routes that require one. Data must be protected by the API that returns it, too.
router.beforeEach(async (to) => {
  await ready.catch(() => undefined);
  if (to.meta.requiresUser && !useSession().user.value) return "/login";
});
