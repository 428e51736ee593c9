import { Daemun } from "daemun-client";
import { SessionProvider } from "daemun-client/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";

import { App } from "./App";
import "./style.css";

const daemun = new Daemun({ baseUrl: "/auth", transport: "cookie" });

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <SessionProvider client={daemun}>
      <BrowserRouter>
        <App />
      </BrowserRouter>
    </SessionProvider>
  </StrictMode>,
);
