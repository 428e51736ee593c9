//! Pages for a browser: problems and Swagger UI.

use base64::{Engine, engine::general_purpose::STANDARD};
use daemun::{domain::language::Language, http::ProblemCode};
use sha2::{Digest, Sha256};

use crate::support::{Reply, Service};

fn as_html(text: &str) -> String {
    let text = text.replace('"', "&#34;").replace('\'', "&#39;");
    let mut parts = text.split('`');
    let mut html = vec![parts.next().unwrap()];
    while let Some(code) = parts.next() {
        html.extend(["<code>", code, "</code>", parts.next().unwrap()]);
    }
    html.concat()
}

#[test]
fn every_problem_has_a_page_in_both_languages() {
    let service = Service::start();
    for code in ProblemCode::ALL {
        for (tag, language) in [("en", Language::English), ("ko", Language::Korean)] {
            let call = service.get(&format!("/problems/{}", code.slug()));
            let reply = call.header("accept-language", tag).send().assert(200);
            assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
            assert_eq!(reply.header("content-language"), tag);
            assert!(reply.header("vary").contains("accept-language"));
            assert!(reply.text.contains(&format!("<html lang=\"{tag}\">")));
            assert!(reply.text.contains(&code.status().as_u16().to_string()));
            assert!(
                reply
                    .text
                    .contains(&format!("<code>{}</code>", code.slug()))
            );
            let texts = code.texts(language);
            for text in [texts.title, texts.detail, texts.advice] {
                assert!(reply.text.contains(&as_html(text)), "{text}");
            }
        }
    }
}

#[test]
fn the_list_of_problems_links_to_every_page_and_back() {
    let service = Service::start();
    for (tag, language) in [("en", Language::English), ("ko", Language::Korean)] {
        let call = service.get("/problems").header("accept-language", tag);
        let list = call.send().assert(200);
        assert_eq!(list.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(list.header("content-language"), tag);
        assert!(list.header("vary").contains("accept-language"));
        for code in ProblemCode::ALL {
            // Relative links work below any prefix, also one that a proxy strips.
            let link = format!("<a href=\"problems/{0}\"><code>{0}</code></a>", code.slug());
            let (_, entry) = list.text.split_once(&link).unwrap();
            let entry = entry.split("</li>").next().unwrap();
            assert!(entry.contains(&as_html(code.texts(language).title)));
            assert!(entry.contains(code.status().as_str()), "{entry}");
            let page = service.get(&format!("/problems/{}", code.slug())).send();
            assert!(page.text.contains("<a href=\"../problems\">"));
        }
    }
}

#[test]
fn the_list_of_problems_with_a_slash_is_a_redirect() {
    for (settings, location) in [
        (&[][..], "../problems"),
        (&[("DAEMUN_DOCS", "off")], "../problems"),
        (
            &[("DAEMUN_PUBLIC_URL", "https://example.com/auth")],
            "/auth/problems",
        ),
    ] {
        let service = Service::start_with(settings);
        let reply = service.get("/problems/").send().assert(302);
        assert_eq!(reply.header("location"), location);
        let reply = service.call("POST", "/problems/").send().assert(405);
        assert_eq!(reply.header("allow"), "GET, HEAD");
    }
}

#[test]
fn pages_of_problems_load_and_run_nothing() {
    for settings in [&[][..], &[("DAEMUN_APP_COLOR", "#17695a")]] {
        let service = Service::start_with(settings);
        for path in ["/problems", "/problems/internal"] {
            check_content(&service.get(path).send().assert(200));
        }
    }
}

fn check_content(reply: &Reply) {
    let policy = reply.header("content-security-policy");
    let (_, style) = reply.text.split_once("<style>").unwrap();
    let style = style.split("</style>").next().unwrap();
    let digest = STANDARD.encode(Sha256::digest(style));
    let directives = [
        "default-src 'none'",
        &format!("style-src 'sha256-{digest}'"),
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ];
    assert_eq!(policy, directives.join("; "));
    for loading in ["<script", "src=", " style=", "url(", "http:", "https:"] {
        assert!(!reply.text.contains(loading), "{loading}");
    }
}

#[test]
fn pages_of_problems_wear_the_name_and_the_color_of_the_app() {
    let service = Service::start_with(&[
        ("DAEMUN_APP_NAME", "R&D 대문"),
        ("DAEMUN_APP_COLOR", "#17695a"),
    ]);
    for path in ["/problems", "/problems/internal"] {
        let text = service.get(path).send().assert(200).text;
        assert!(text.contains(" · R&#38;D 대문</title>"), "{text}");
        assert!(text.contains("<header>R&#38;D 대문</header>"), "{text}");
        assert!(text.contains("--accent: #17695a;"), "{text}");
    }
}

#[test]
fn a_code_that_does_not_exist_has_no_page() {
    let service = Service::start();
    for code in ["nothing", "Internal", "internal%00", "%3Cscript%3E", "%ff"] {
        let reply = service.get(&format!("/problems/{code}")).send();
        reply.assert_problem(404, "not_found");
    }
}

#[test]
fn the_type_of_a_problem_is_the_url_of_its_page() {
    let service = Service::start();
    let problem = service.get("/me").send().assert(401);
    let page = problem.json["type"].as_str().unwrap();
    service.get(page).send().assert(200);
}

#[test]
fn the_root_redirects_to_swagger_ui() {
    let service = Service::start();
    for path in ["/", "/swagger-ui"] {
        let reply = service.get(path).send().assert(302);
        assert_eq!(reply.header("location"), "swagger-ui/");
    }
}

#[test]
fn swagger_ui_loads_everything_from_this_server() {
    let service = Service::start();
    for (file, kind) in [
        ("", "text/html; charset=utf-8"),
        ("index.html", "text/html; charset=utf-8"),
        ("initializer.js", "text/javascript; charset=utf-8"),
        ("style.css", "text/css; charset=utf-8"),
        ("swagger-ui.css", "text/css"),
        ("swagger-ui-bundle.js", "text/javascript"),
        ("favicon-32x32.png", "image/png"),
    ] {
        let reply = service.get(&format!("/swagger-ui/{file}")).send();
        let reply = reply.assert(200);
        assert_eq!(reply.header("content-type"), kind, "{file}");
        assert!(!reply.text.is_empty(), "{file}");
        let policy = reply.header("content-security-policy");
        assert!(policy.starts_with("default-src 'self'"), "{policy}");
        assert!(!policy.contains("http"), "nothing of another server");
        assert!(!policy.contains("script-src"), "no script in the page");
    }
}

#[test]
fn swagger_ui_loads_existing_files_by_relative_urls() {
    let service = Service::start();
    let page = service.get("/swagger-ui/").send().assert(200).text;
    let urls = page.split([' ', '>']).filter_map(|part| {
        let (_, url) = part.split_once("src=").or(part.split_once("href="))?;
        Some(url.trim_matches('"'))
    });
    let mut count = 0;
    for url in urls {
        let path = match url.strip_prefix("../") {
            Some(path) => format!("/{path}"),
            None => format!("/swagger-ui/{url}"),
        };
        service.get(&path).send().assert(200);
        count += 1;
    }
    assert_eq!(count, 7, "{page}");
}

#[test]
fn an_unknown_swagger_ui_file_is_not_found() {
    let service = Service::start();
    for file in [
        "nothing.js",
        "swagger-initializer.js",
        "oauth2-redirect.html",
        "../Cargo.toml",
        "..%2f..%2fetc%2fpasswd",
        "%ff",
    ] {
        let reply = service.get(&format!("/swagger-ui/{file}")).send();
        reply.assert_problem(404, "not_found");
    }
}

#[test]
fn docs_off_removes_the_developer_pages() {
    let service = Service::start_with(&[("DAEMUN_DOCS", "off")]);
    for path in ["/", "/swagger-ui", "/swagger-ui/", "/swagger-ui/index.html"] {
        service.get(path).send().assert_problem(404, "not_found");
        let reply = service.call("POST", path).send();
        reply.assert_problem(404, "not_found");
    }
    service.get("/openapi.json").send().assert(200);
    service.get("/problems/internal").send().assert(200);
}
