import { useSession } from "daemun-client/react";
import { Link, Navigate, Outlet, Route, Routes } from "react-router";

import { LogIn } from "./LogIn";
import { SignUp } from "./SignUp";

export function App() {
  return (
    <>
      <nav>
        <Link to="/">Home</Link> <Link to="/private">Members</Link> <Link to="/signup">Sign up</Link> <Link to="/login">Log in</Link>
      </nav>
      <main>
        <Routes>
          <Route path="/" element={<Home />} />
          <Route path="/signup" element={<SignUp />} />
          <Route path="/login" element={<LogIn />} />
          <Route element={<RequireUser />}>
            <Route path="/private" element={<Private />} />
          </Route>
        </Routes>
      </main>
    </>
  );
}

function Home() {
  const { status, user, client, refresh } = useSession();
  if (status === "loading") return <p>Loading…</p>;
  if (status === "failed") return <button onClick={refresh}>The login service is unreachable. Try again</button>;
  if (status === "unauthenticated") return <h1>You are not logged in</h1>;
  return (
    <>
      <h1>Hello, {user.username}</h1>
      <button onClick={() => client.logOut()}>Log out</button>
    </>
  );
}

/** Only users see the routes below. Data must be protected by the API that returns it, too. */
function RequireUser() {
  const { status } = useSession();
  if (status === "loading") return <p>Loading…</p>;
  return status === "authenticated" ? <Outlet /> : <Navigate to="/login" replace />;
}

function Private() {
  const { user } = useSession();
  return (
    <>
      <h1>Members only</h1>
      <p>Your email is {user?.email}.</p>
    </>
  );
}
