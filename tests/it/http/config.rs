//! The public configuration, `GET /config`.

use serde_json::{Value, json};

use crate::support::Service;

fn config(settings: &[(&str, &str)]) -> Value {
    let service = Service::start_with(settings);
    service.get("/config").send().assert(200).json
}

#[test]
fn the_configuration_states_the_modes_and_the_lengths() {
    let mail = ("DAEMUN_MAIL_URL", "file://mail");
    for mode in ["off", "optional", "required"] {
        let stated = config(&[mail, ("DAEMUN_EMAIL_VERIFICATION", mode)]);
        assert_eq!(
            stated,
            json!({
                "sign_up": "open", "email_verification": mode, "captcha": "off", "mail": true,
                "email_log_in": false, "passkeys": false,
                "username": { "min_length": 2, "max_length": 32 },
                "password": { "min_length": 8, "max_length": 128 },
            })
        );
    }
    for mode in ["off", "adaptive", "always"] {
        assert_eq!(config(&[("DAEMUN_CAPTCHA", mode)])["captcha"], mode);
    }
}

#[test]
fn without_mail_no_email_is_verified() {
    let stated = config(&[("DAEMUN_EMAIL_VERIFICATION", "optional")]);
    assert_eq!(stated["mail"], false);
    assert_eq!(stated["email_verification"], "off");
}

#[test]
fn the_lengths_are_those_of_the_served_document() {
    let service = Service::start_with(&[("DAEMUN_PASSWORD_MIN", "12")]);
    let stated = service.get("/config").send().assert(200).json;
    assert_eq!(stated["password"]["min_length"], 12);
    let document = service.get("/openapi.json").send().assert(200).json;
    let fields = &document["components"]["schemas"]["SignUp"]["properties"];
    for field in ["username", "password"] {
        assert_eq!(stated[field]["min_length"], fields[field]["minLength"]);
        assert_eq!(stated[field]["max_length"], fields[field]["maxLength"]);
    }
}

#[test]
fn the_configuration_may_be_cached_for_a_minute_and_varies_by_origin_only() {
    let origin = "https://app.example.com";
    let service = Service::start_with(&[("DAEMUN_CORS_ORIGINS", origin)]);
    let get = || service.get("/config");
    let plain = get().send().assert(200);
    for reply in [
        get().send(),
        get().header("accept-language", "ko").send(),
        get().header("origin", origin).send(),
        get().cookie("dead").send(),
        get().bearer("dms_dead").send(),
    ] {
        let reply = reply.assert(200);
        assert_eq!(reply.text, plain.text);
        assert_eq!(reply.header("cache-control"), "public, max-age=60");
        // A cache must not return the response to one origin to a page of another.
        let vary = reply.header("vary").to_lowercase();
        assert!(vary.split(", ").any(|name| name == "origin"), "{vary}");
        assert!(!vary.contains("language"), "{vary}");
        assert!(reply.lines("set-cookie").is_empty());
    }
    let allowed = get().header("origin", origin).send();
    assert_eq!(allowed.header("access-control-allow-origin"), origin);
}
