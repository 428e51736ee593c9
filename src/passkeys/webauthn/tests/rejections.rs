//! Responses that differ from the test vectors in one place.

use super::*;

/// Each changed bit of the signed bytes and of the signature is noticed.
#[test]
fn no_changed_byte_of_an_assertion_is_accepted() {
    for name in ["none.ES256", "packed.EdDSA", "packed.RS256"] {
        let vector = vector(name);
        let registered = register(&vector, &registration(&vector)).unwrap();
        for member in ["authenticatorData", "signature", "clientDataJSON"] {
            let mut credential = authentication(&vector);
            let text = credential["response"][member].as_str().unwrap();
            let valid = URL_SAFE_NO_PAD.decode(text).unwrap();
            for at in 0..valid.len() {
                let mut changed = valid.clone();
                changed[at] ^= 1;
                credential["response"][member] = json!(encoded(&changed));
                let result = authenticate(&vector, &credential, &registered);
                assert!(result.is_err(), "{name} {member} {at}");
                credential["response"][member] = json!(encoded(&valid[..at]));
                let result = authenticate(&vector, &credential, &registered);
                assert!(result.is_err(), "{name} {member} cut at {at}");
            }
        }
    }
}

#[test]
fn cut_and_extended_attestation_objects_are_rejected() {
    for vector in vectors() {
        let valid = bytes(&vector["registration"]["attestationObject"]);
        let mut credential = registration(&vector);
        for end in 0..valid.len() {
            credential["response"]["attestationObject"] = json!(encoded(&valid[..end]));
            assert!(register(&vector, &credential).is_err(), "{end}");
        }
        let extended = [&valid[..], &[0]].concat();
        credential["response"]["attestationObject"] = json!(encoded(extended));
        assert!(register(&vector, &credential).is_err());
    }
}

/// A change of the client data.
type Change = fn(&mut Value);

#[test]
fn other_types_challenges_origins_and_relying_parties_are_rejected() {
    let vector = vector("none.ES256");
    let credential = registration(&vector);
    let challenge = bytes(&vector["registration"]["challenge"]);
    let with = |change: Change| {
        let text = vector["registration"]["clientDataJSON"].as_str().unwrap();
        let mut data: Value = serde_json::from_str(text).unwrap();
        change(&mut data);
        let mut credential = credential.clone();
        credential["response"]["clientDataJSON"] = json!(encoded(data.to_string()));
        register(&vector, &credential).err()
    };
    assert_eq!(with(|_unchanged| ()), None);
    let cases: [(Change, PasskeyRejected); 7] = [
        (
            |data| data["type"] = json!("webauthn.get"),
            PasskeyRejected::Type,
        ),
        (
            |data| data["challenge"] = json!("AAAA"),
            PasskeyRejected::Challenge,
        ),
        (
            |data| data["origin"] = json!("https://example.com"),
            PasskeyRejected::Origin,
        ),
        (
            |data| data["origin"] = json!("http://example.org"),
            PasskeyRejected::Origin,
        ),
        (
            |data| data["crossOrigin"] = json!(true),
            PasskeyRejected::CrossOrigin,
        ),
        (
            |data| data["topOrigin"] = json!("https://example.org"),
            PasskeyRejected::CrossOrigin,
        ),
        (|data| data["origin"] = json!(1), PasskeyRejected::Malformed),
    ];
    for (change, reason) in cases {
        assert_eq!(with(change), Some(reason));
    }
    let mut other = example();
    other.id = String::from("org");
    let rejected = other.verify_registration(&credential, &challenge).err();
    assert_eq!(rejected, Some(PasskeyRejected::RelyingParty));
}

#[test]
fn credentials_of_another_form_are_malformed() {
    let vector = vector("none.ES256");
    let valid = registration(&vector);
    let mut others = vec![
        json!(null),
        json!([]),
        json!({}),
        json!("x"),
        authentication(&vector),
    ];
    for (member, value) in [
        ("type", json!("password")),
        ("id", json!("AAAA")),
        ("rawId", json!("AAAA")),
        ("rawId", json!("not base64url!")),
        ("response", json!([])),
    ] {
        let mut other = valid.clone();
        other[member] = value;
        others.push(other);
    }
    for other in others {
        let rejected = register(&vector, &other).err();
        assert_eq!(rejected, Some(PasskeyRejected::Malformed), "{other}");
    }
}

/// Returns the reason for which an attestation object with other authenticator data is rejected.
fn rejection_of(change: impl FnOnce(&mut Vec<u8>)) -> Option<PasskeyRejected> {
    let vector = vector("none.ES256");
    let mut object = bytes(&vector["registration"]["attestationObject"]);
    // `authData` is the last member: its length is the byte before it.
    let mut data = object.split_off(object.len() - 164);
    change(&mut data);
    *object.last_mut().unwrap() = u8::try_from(data.len()).unwrap();
    object.extend(data);
    let mut credential = registration(&vector);
    credential["response"]["attestationObject"] = json!(encoded(object));
    register(&vector, &credential).err()
}

#[test]
fn flags_and_keys_that_contradict_the_standard_are_rejected() {
    const FLAGS: usize = 32;
    assert_eq!(rejection_of(|_unchanged| ()), None);
    for (flags, reason) in [
        (0x40, PasskeyRejected::UserPresence),
        (0x51, PasskeyRejected::BackupFlags),
        // No credential, or extensions that are absent.
        (0x01, PasskeyRejected::Malformed),
        (0xC1, PasskeyRejected::Malformed),
    ] {
        let rejected = rejection_of(|data| data[FLAGS] = flags);
        assert_eq!(rejected, Some(reason), "{flags:x}");
    }
    let off_curve = |data: &mut Vec<u8>| *data.last_mut().unwrap() ^= 1;
    assert_eq!(rejection_of(off_curve), Some(PasskeyRejected::PublicKey));
    // An additional map of extensions is accepted where its flag announces it.
    assert_eq!(
        rejection_of(|data| {
            data[FLAGS] |= 0x80;
            data.extend([0xA1, 0x61, b'a', 0xF5]);
        }),
        None
    );
    assert_eq!(
        rejection_of(|data| data.extend([0xA0])),
        Some(PasskeyRejected::Malformed)
    );
}

#[test]
fn keys_with_other_repeated_or_missing_parameters_are_rejected() {
    let x = [0x58, 0x20].into_iter().chain([1; 32]);
    let ed25519 = |members: &[u8], count: u8| -> Vec<u8> {
        let head = [0xA0 | count].into_iter().chain(members.iter().copied());
        head.chain([0x21]).chain(x.clone()).collect()
    };
    // kty 1 (OKP), alg -8 (EdDSA), crv 6 (Ed25519)
    let valid = ed25519(&[0x01, 0x01, 0x03, 0x27, 0x20, 0x06], 4);
    assert!(PublicKey::parse(&valid).is_some());
    for members in [
        &[0x01, 0x01, 0x03, 0x27, 0x20, 0x07][..],
        &[0x01, 0x02, 0x03, 0x27, 0x20, 0x06],
        &[0x01, 0x01, 0x03, 0x26, 0x20, 0x06],
        &[0x01, 0x01, 0x03, 0x27],
        &[0x01, 0x01, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06],
        &[0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x04, 0x80],
    ] {
        let count = u8::try_from(members.len() / 2 + 1).unwrap();
        assert!(PublicKey::parse(&ed25519(members, count)).is_none());
    }
    // An indefinite length is not canonical (CTAP 2.1 section 8).
    let mut indefinite = valid;
    indefinite[0] = 0xBF;
    indefinite.push(0xFF);
    assert!(PublicKey::parse(&indefinite).is_none());
}

#[test]
fn rsa_keys_below_2048_bits_are_rejected() {
    let key = |length: u16| -> Vec<u8> {
        let mut key = vec![0xA4, 0x01, 0x03, 0x03, 0x39, 0x01, 0x00, 0x20, 0x59];
        key.extend(length.to_be_bytes());
        key.extend(vec![0xFF; usize::from(length)]);
        key.extend([0x21, 0x43, 1, 0, 1]);
        key
    };
    for (length, is_accepted) in [
        (128, false),
        (255, false),
        (256, true),
        (1024, true),
        (1025, false),
    ] {
        let key = key(length);
        let checked = PublicKey::parse(&key).and_then(PublicKey::check);
        assert_eq!(checked.is_some(), is_accepted, "{length}");
    }
}
