//! The methods by which a service authenticates at `POST /introspect` (RFC 6749 section 2.3.1).

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::support::{
    Call, Comparison, Reply, Service,
    integrations::{done, introspect},
};

const BEARER: &str = "Bearer";
const BASIC: &str = "Basic realm=\"daemun\"";

/// Returns a request with this form.
fn with_form(service: &Service, form: &str) -> Call {
    let kind = "application/x-www-form-urlencoded";
    service
        .call("POST", "/introspect")
        .body(kind, form.as_bytes())
}

/// Returns the value of `Authorization` for these credentials.
fn basic(name: &str, key: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{key}")))
}

/// Asserts that the service is not authenticated, and which challenge it gets.
#[track_caller]
fn assert_rejected(reply: Reply, challenge: &str) {
    let reply = reply.assert_problem(401, "service_key_invalid");
    assert_eq!(reply.json["error"], "invalid_client");
    assert_eq!(reply.header("www-authenticate"), challenge);
}

/// Percent-encodes every byte of a text.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(percent_encoding::percent_encode_byte)
        .collect()
}

#[test]
fn a_service_authenticates_by_basic_by_form_or_by_bearer() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let key = done(&service, &["create", "mail-1.eu_a"]);
    let token = format!("token={}", minji.token);
    let name = "mail-1.eu_a";
    let expected = introspect(&service, &key, &minji.token).assert(200).json;
    assert_eq!(expected["active"], true);
    for authorization in [
        basic(name, &key),
        basic(name, &key).replace("Basic", "bASIC"),
        basic(name, &key).replace("Basic ", "Basic  "),
        // Clients of OAuth 2.0 percent-encode both parts, some of them every special character.
        basic(&encoded(name), &encoded(&key)),
        format!("Bearer {key}"),
    ] {
        for form in [token.clone(), format!("{token}&client_secret=&other=1")] {
            let call = with_form(&service, &form).header("authorization", &authorization);
            assert_eq!(call.send().assert(200).json, expected, "{authorization}");
        }
    }
    for form in [
        format!("{token}&client_id={name}&client_secret={key}"),
        format!(
            "client_secret={}&client_id={}&{token}",
            encoded(&key),
            encoded(name)
        ),
    ] {
        let call = with_form(&service, &form);
        assert_eq!(call.send().assert(200).json, expected, "{form}");
        // Another scheme belongs to another protection space.
        let call = with_form(&service, &form).header("authorization", "Digest username=\"x\"");
        assert_eq!(call.send().assert(200).json, expected, "{form}");
    }
    // The id beside Basic names the same client.
    let call = with_form(&service, &format!("{token}&client_id={name}"));
    let call = call.header("authorization", &basic(name, &key));
    assert_eq!(call.send().assert(200).json, expected);
    assert!(!service.log().contains(&key));
}

#[test]
fn wrong_doubled_and_malformed_credentials_are_401_with_their_scheme() {
    let service = Service::start();
    let key = done(&service, &["create", "billing"]);
    let other = done(&service, &["create", "other"]);
    let none = format!("dmk_{}", "A".repeat(43));
    let right = basic("billing", &key);
    for authorization in [
        basic("billing", &other),
        basic("billing", &none),
        basic("billing", ""),
        basic("billing", "dmk_short"),
        basic("Billing", &key),
        basic("unknown", &key),
        basic("", &key),
        basic("billing", &format!(":{key}")),
        basic("billing", &format!("{key} ")),
        basic("billing", &key.replace("dmk_", "dms_")),
        format!("Basic {}", STANDARD.encode(&key)),
        format!("Basic {key}"),
        String::from("Basic"),
        String::from("Basic "),
        String::from("Basic ?"),
        String::from("Basic /w=="),
        right.replace("Basic ", "Basic  x"),
        format!("{right}, {right}"),
        basic("%ff", &key),
        basic("billing%", &key),
    ] {
        let call = with_form(&service, "token=x").header("authorization", &authorization);
        assert_rejected(call.send(), BASIC);
    }
    let twice = with_form(&service, "token=x").header("authorization", &right);
    assert_rejected(twice.header("authorization", &right).send(), BASIC);
    for id in ["client_id=other", "client_id=billing&client_id=billing"] {
        let call = with_form(&service, &format!("token=x&{id}"));
        assert_rejected(call.header("authorization", &right).send(), BASIC);
    }
    for form in [
        format!("client_id=billing&client_secret={other}"),
        format!("client_id=billing&client_secret={none}"),
        format!("client_id=other&client_secret={key}"),
        format!("client_id=unknown&client_secret={key}"),
        format!("client_secret={key}"),
        format!("client_id=&client_secret={key}"),
        format!("client_id=billing&client_id=billing&client_secret={key}"),
        format!("client_id=billing&client_secret={key}&client_secret={key}"),
        String::from("client_id=billing"),
        String::from("client_id=billing&client_secret="),
        String::from("client_id=billing&client_secret=%ff"),
        String::new(),
    ] {
        let reply = with_form(&service, &format!("token=x&{form}")).send();
        assert_rejected(reply, BEARER);
    }
    for call in [
        with_form(&service, "token=x").bearer(&none),
        with_form(&service, "token=x").bearer(&key).bearer(&key),
        with_form(&service, "token=x").header("authorization", "Bearer"),
        with_form(&service, "token=x").header("authorization", "Bearer of.another.issuer"),
        // A body that is no form has no credentials.
        service.call("POST", "/introspect"),
        service
            .call("POST", "/introspect")
            .body("application/json", b"{}"),
    ] {
        assert_rejected(call.send(), BEARER);
    }
}

#[test]
fn two_methods_at_once_are_400_even_if_both_are_right() {
    let service = Service::start();
    let key = done(&service, &["create", "billing"]);
    let (right, wrong) = (basic("billing", &key), basic("billing", "x"));
    let bearer = format!("Bearer {key}");
    let form = format!("token=x&client_id=billing&client_secret={key}");
    let secret_alone = format!("token=x&client_secret={key}");
    let call = |form: &str, lines: &[&str]| {
        let call = with_form(&service, form);
        let lines = lines.iter();
        lines.fold(call, |call, line| call.header("authorization", line))
    };
    for call in [
        call(&form, &[&right]),
        call(&form, &[&wrong]),
        call(&form, &[&bearer]),
        call(&secret_alone, &[&right]),
        call("token=x", &[&right, &bearer]),
        call("token=x", &[&bearer, &wrong]),
        call("token=x", &[&bearer, "Digest x", &right]),
    ] {
        let reply = call.send();
        let reply = reply.assert_problem(400, "client_authentication_ambiguous");
        assert_eq!(reply.json["error"], "invalid_request");
    }
    // The id alone is no method.
    let call = call("token=x&client_id=other", &[&bearer]);
    call.send().assert(200);
}

#[test]
fn an_unknown_client_takes_as_long_as_a_wrong_secret() {
    const ROUNDS: usize = 200;
    let service = Service::start();
    done(&service, &["create", "billing"]);
    let wrong = format!("dmk_{}", "A".repeat(43));
    let names = ["billing", "unknown"];
    let compared = Comparison::measure(ROUNDS, |kind, _round| {
        with_form(&service, "token=x").header("authorization", &basic(names[kind], &wrong))
    });
    compared.assert_alike("client_secret_basic, known and unknown client");
    let compared = Comparison::measure(ROUNDS, |kind, _round| {
        let name = names[kind];
        with_form(
            &service,
            &format!("token=x&client_id={name}&client_secret={wrong}"),
        )
    });
    compared.assert_alike("client_secret_post, known and unknown client");
    let replies = names.map(|name| {
        let call = with_form(&service, "token=x").header("authorization", &basic(name, &wrong));
        call.send()
    });
    crate::support::assert_same_response(&replies);
}
