// Pages rendered by Express, with daemun below /auth of the same origin.

import express from "express";
import { createProxyMiddleware } from "http-proxy-middleware";

import { loadUser, requireUser } from "./session.js";

const { DAEMUN = "http://127.0.0.1:8080", PORT = "3000" } = process.env;
const app = express();
app.set("view engine", "ejs");
// Behind a reverse proxy of yours, so that `req.ip` is the user's address: app.set("trust proxy", "loopback");

// The browser's requests to daemun. `xfwd` adds the user's address to X-Forwarded-For.
app.use(createProxyMiddleware({ target: DAEMUN, pathFilter: "/auth/**", xfwd: true }));
app.use(express.static("public"));
for (const name of ["daemun-client", "openapi-fetch"]) app.use(`/vendor/${name}`, express.static(`node_modules/${name}/dist`));

app.use(loadUser(DAEMUN));
app.get("/", (req, res) => res.render("home"));
app.get("/signup", (req, res) => res.render("signup"));
app.get("/login", (req, res) => res.render("login"));
app.get("/private", requireUser, (req, res) => res.render("private"));

app.listen(Number(PORT), "127.0.0.1", () => console.log(`http://localhost:${PORT}`));
