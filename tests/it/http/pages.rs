//! Pages for a browser: problems and Swagger UI.

use daemun::{domain::language::Language, http::ProblemCode};

use crate::support::Service;

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
fn a_page_loads_and_runs_nothing() {
    let service = Service::start();
    let reply = service.get("/problems/internal").send().assert(200);
    let policy = reply.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    for loading in ["<script", "src=", "href=", "url(", "http:", "https:"] {
        assert!(!reply.text.contains(loading), "{loading}");
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
        ("", "text/html"),
        ("index.html", "text/html"),
        ("index.css", "text/css"),
        ("swagger-ui.css", "text/css"),
        ("swagger-ui-bundle.js", "javascript"),
        ("swagger-ui-standalone-preset.js", "javascript"),
        ("swagger-initializer.js", "javascript"),
        ("favicon-32x32.png", "image/png"),
    ] {
        let reply = service.get(&format!("/swagger-ui/{file}")).send();
        let reply = reply.assert(200);
        assert!(reply.header("content-type").contains(kind), "{file}");
        assert!(!reply.text.is_empty(), "{file}");
        let policy = reply.header("content-security-policy");
        assert!(policy.starts_with("default-src 'self'"), "{policy}");
        assert!(!policy.contains("http"), "nothing of another server");
        assert!(!policy.contains("script-src"), "no script in the page");
    }
}

#[test]
fn swagger_ui_shows_this_document_with_try_it_out() {
    let service = Service::start();
    let start = service.get("/swagger-ui/swagger-initializer.js").send();
    let start = start.assert(200).text;
    for setting in [
        "/openapi.json",
        "\"tryItOutEnabled\": true",
        "\"withCredentials\": true",
        "\"validatorUrl\": \"none\"",
    ] {
        assert!(start.contains(setting), "{setting}: {start}");
    }
}

#[test]
fn an_unknown_swagger_ui_file_is_not_found() {
    let service = Service::start();
    for file in [
        "nothing.js",
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
