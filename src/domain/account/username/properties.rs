//! Properties that hold for every username.

use proptest::prelude::*;

use super::*;

fn name_like() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,40}",
        "[a-zA-ZÀ-ɏ0-9._\u{300}-\u{345}-]{1,12}",
        "[Ͱ-Ͽἀ-῿]{2,10}",
        "[Ѐ-ӿ]{2,10}",
        "[가-힣\u{1100}-\u{1112}\u{1161}-\u{1175}\u{11a8}-\u{11c2}ﾡ-ￜ]{2,10}",
        "[ぁ-ヿ一-鿿！-ﾟ]{2,10}",
        "[א-ת\u{5b0}-\u{5c7}0-9]{2,10}",
        "[ء-يکگی\u{64b}-\u{655}٠-٩۰-۹\u{200c}]{2,10}",
        "[ก-ฮะ-ูเ-๎\u{200c}]{2,10}",
        "[ກ-ຮະ-ຽເ-ໄ່-ໍໜໝ]{2,10}",
        "[Ա-Ֆա-և]{2,10}",
        "[ක-ෆ්-ෟ\u{200c}\u{200d}]{2,10}",
        "[ཀ-ཬཱ-ཽྐ-ྼ་]{2,10}",
    ]
}

proptest! {
    #[test]
    fn any_text_is_parsed(text in any::<String>()) {
        let _ = Username::parse(&text);
        let _ = UsernameKey::of(&text);
    }

    #[test]
    fn parsing_is_idempotent(text in name_like()) {
        let Ok(name) = Username::parse(&text) else { return Ok(()) };
        prop_assert!((Username::MIN..=Username::MAX).contains(&name.as_str().chars().count()));
        prop_assert_eq!(Username::parse(name.as_str()), Ok(name.clone()));
        prop_assert_eq!(UsernameKey::of(&text), Some(name.key().clone()));
        prop_assert_eq!(fold(name.key().as_str()).collect::<String>(), name.key().as_str());
    }

    #[test]
    fn case_and_form_share_a_key(text in name_like()) {
        let Ok(name) = Username::parse(&text) else { return Ok(()) };
        let forms = [name.as_str().to_uppercase(), name.as_str().to_lowercase(), name.as_str().nfd().collect()];
        for form in forms {
            if let Some(key) = UsernameKey::of(&form) {
                prop_assert_eq!(&key, name.key(), "{:?}", form);
            }
        }
    }

    #[test]
    fn wide_and_plain_ascii_are_one(text in "[a-zA-Z0-9]{1}[a-zA-Z0-9._-]{0,20}[a-zA-Z0-9]") {
        let wide = text.bytes().filter_map(|byte| char::from_u32(u32::from(byte) + 0xfee0)).collect::<String>();
        prop_assert_eq!(Username::parse(&wide), Username::parse(&text));
    }
}
