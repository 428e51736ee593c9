//! Usernames that are accepted and rejected, their display form and their keys.

use super::*;

fn display(raw: &str) -> String {
    Username::parse(raw).unwrap().display
}

fn key(raw: &str) -> String {
    UsernameKey::of(raw).unwrap().0
}

fn refusal(raw: &str) -> Invalid {
    Username::parse(raw).expect_err(raw)
}

#[test]
fn takes_names_of_the_world() {
    let latin = "Ann o.k x-y_z R2 2fast Zoë Nguyễn İzmir ßen ər";
    let others = "Άννα Борис Արամ ბესო नमस्ते தமிழ் สมชาย ខ្មែរ ኢትዮጵያ שלום محمد محمّد سارة٢";
    let east_asian = "김철 설현99 kim김 李小龍 佐々木 羅〇二 ラーメン ひらがなカナ漢字";
    for name in [latin, others, east_asian]
        .into_iter()
        .flat_map(str::split_whitespace)
    {
        assert_eq!(display(name), name);
    }
}

#[test]
fn counts_code_points_after_composing() {
    assert_eq!(refusal(""), Invalid::TooShort);
    assert_eq!(refusal("김"), Invalid::TooShort);
    assert_eq!(
        refusal("\u{1100}\u{1161}\u{11a8}"),
        Invalid::TooShort,
        "one syllable in three Jamo"
    );
    assert_eq!(display("김철"), "김철");
    let syllable = "\u{1112}\u{1161}\u{11ab}";
    assert_eq!(display(&syllable.repeat(32)), "한".repeat(32));
    assert_eq!(refusal(&syllable.repeat(33)), Invalid::TooLong);
    assert_eq!(display(&"a".repeat(32)), "a".repeat(32));
    assert_eq!(refusal(&"a".repeat(33)), Invalid::TooLong);
    assert_eq!(display(&"e\u{323}\u{302}".repeat(32)), "ệ".repeat(32));
    assert_eq!(refusal(&"\u{301}".repeat(8_000)), Invalid::TooLong);
}

#[test]
fn refuses_what_is_neither_letter_mark_nor_digit() {
    let visible = "a@b a\u{ff20}b ann! a/b l·l ann🙂 H₂O ﬁsh ⅷa ᄀᄀ";
    let invisible =
        "a\u{200d}b a\u{200c}b क\u{200d}ष دا\u{200c}ر ab\u{ad}c a\u{202e}b ann\u{fe0f} \u{feff}ann";
    let out_of_use = "Ꭰnn \u{1f82}ωδη ᚠᚢ";
    let names = [visible, invisible, out_of_use]
        .into_iter()
        .flat_map(|names| names.split(' '));
    for name in names.chain(["a b", "a\tb", "ann\0", "a\nb", "a\u{a0}b"]) {
        assert_eq!(refusal(name), Invalid::InvalidCharacters, "{name:?}");
    }
}

#[test]
fn white_space_around_it_is_removed() {
    assert_eq!(display(" \t\u{3000}Ann\u{a0}\n"), "Ann");
    assert_eq!(key(" ANN "), key("ann"));
    assert_eq!(refusal(" \n"), Invalid::TooShort);
}

#[test]
fn everyday_letters_are_kept_as_written() {
    for (name, plain) in [
        ("น้ำฝน", "น\u{e49}\u{e4d}าฝน"),
        ("ຄຳແພງ", "ຄ\u{ecd}າແພງ"),
        ("ໜ່ອຍ", "ຫນ່ອຍ"),
        ("Գևորգ", "ԳԵՒՈՐԳ"),
        ("علی\u{200c}رضا", "علیرضا"),
        ("ශ්\u{200d}රී", "ශ්රී"),
    ] {
        assert_eq!(display(name), name);
        assert_eq!(key(name), key(plain), "{name}: one name in two spellings");
    }
    for name in ["山﨑", "濵田", "𠮷野家", "𰻞𰻞麺", "པདྨ་མཚོ", "လျှို့ဝှက်"]
    {
        assert_eq!(display(name), name);
    }
    assert_ne!(key("山﨑"), key("山崎"));
}

#[test]
fn everyday_letters_make_no_second_name_that_looks_alike() {
    for name in [
        "น\u{e4d}\u{e49}าฝน",
        "ຄ\u{ecd}\u{ec9}າ",
        "น\u{e4d}\u{e4d}า",
        "a་b",
        "པདྨ་་མ",
        "ක්\u{200d}\u{200d}ර",
    ] {
        assert_eq!(refusal(name), Invalid::InvalidCharacters, "{name:?}");
    }
    for name in ["ශ්\u{200d}", "པདྨ་"] {
        assert_eq!(refusal(name), Invalid::InvalidStart, "{name:?}");
    }
    assert_eq!(refusal("علی\u{200c}аdmin"), Invalid::InvalidCharacters);
    assert_eq!(refusal("𠮷аdmin"), Invalid::MixedScripts);
}

#[test]
fn starts_and_ends_with_a_letter_or_digit() {
    for name in ".ann _ann -ann ann. ann_ ann- \u{301}ann --".split(' ') {
        assert_eq!(refusal(name), Invalid::InvalidStart, "{name:?}");
    }
}

#[test]
fn marks_are_few_and_attached() {
    assert_eq!(display("a\u{323}\u{302}\u{301}\u{308}b").chars().count(), 4);
    assert_eq!(
        refusal("a\u{323}\u{302}\u{301}\u{308}\u{303}b"),
        Invalid::InvalidCharacters
    );
    assert_eq!(
        refusal("e\u{301}\u{301}"),
        Invalid::InvalidCharacters,
        "doubled"
    );
    assert_eq!(
        refusal("a.\u{301}b"),
        Invalid::InvalidCharacters,
        "on a separator"
    );
    assert_eq!(
        refusal("i\u{307}"),
        Invalid::InvalidCharacters,
        "reads as one letter"
    );
}

#[test]
fn scripts_that_look_alike_do_not_mix() {
    for name in "аdmin pаypal αlpha Ivанов ab\u{5d0}".split(' ') {
        assert_eq!(refusal(name), Invalid::MixedScripts, "{name}");
    }
}

#[test]
fn the_order_on_screen_is_clear() {
    assert_eq!(
        refusal("1אב"),
        Invalid::MixedDirections,
        "RFC 5893, condition 1"
    );
    assert_eq!(
        refusal("اب1٢"),
        Invalid::MixedDirections,
        "RFC 5893, condition 4"
    );
}

#[test]
fn roles_are_reserved_in_every_spelling() {
    for name in "admin ADMIN ａｄｍｉｎ Adm\u{131}n ADM\u{130}N no-reply 관리자 me".split(' ')
    {
        assert_eq!(refusal(name), Invalid::Reserved, "{name}");
    }
}

#[test]
fn case_makes_no_second_name() {
    for (one, other) in [
        ("ANN", "ann"),
        ("Νικος", "ΝΙΚΟΣ"),
        ("straße", "STRASSE"),
        ("STRAẞE", "strasse"),
        ("kız", "KIZ"),
        ("İzmir", "izmir"),
        ("i\u{307}zmir", "İZMİR"),
        ("\u{212a}im", "kim"),
        ("Їжак", "їжак"),
        ("ᾳδω", "ΑΙΔΩ"),
        ("ｋｉｍ", "Kim"),
        ("ｶﾞｷﾞ", "ガギ"),
        ("\u{110b}\u{1175}\u{110b}\u{1175}", "이이"),
    ] {
        assert_eq!(key(one), key(other), "{one} {other}");
    }
    assert_ne!(key("Zoë"), key("Zoe"));
    assert_ne!(key("ガギ"), key("カキ"));
}

#[test]
fn lookup_key_exists_only_for_possible_names() {
    assert_eq!(key("Admin"), "admin");
    assert_eq!(
        key("аdmin"),
        "аdmin",
        "a stricter rule must not lock an account out"
    );
    for text in ["", "a", "a b", "a@b", &"a".repeat(33), &"a".repeat(16_384)] {
        assert_eq!(UsernameKey::of(text), None);
    }
}
