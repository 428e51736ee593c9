//! Everyday names as usernames, in each script that UAX 31, table 5 recommends.

use serde_json::json;

use crate::support::{PASSWORD, Service};

/// Five names of each script. Some spellings need joiners, which are written as escapes here.
const NAMES: [(&str, [&str; 5]); 30] = [
    (
        "Arabic",
        ["محمد", "فاطمة", "علی\u{200c}رضا", "محمّد", "عائشہ"],
    ),
    ("Armenian", ["Գևորգ", "Սևակ", "Արամ", "Անահիտ", "Հովհաննես"]),
    ("Bengali", ["রবীন্দ্রনাথ", "সুমাইয়া", "অনির্বাণ", "কৃষ্ণা", "মোঃরফিক"]),
    ("Bopomofo", ["ㄌㄧ", "ㄓㄤ", "ㄨㄤ", "ㄔㄣ", "ㄌㄧㄣ"]),
    (
        "Cyrillic",
        ["Борис", "Юлія", "Ђорђе", "Ќирил", "Құдайберген"],
    ),
    (
        "Devanagari",
        ["लक्ष्मी", "श्रीकृष्ण", "ज्ञानेश्वर", "क्\u{200d}षितिज", "ऱ्हाळकर"],
    ),
    ("Ethiopic", ["አበበ", "ትዕግሥት", "ኃይለሥላሴ", "ብርሃን", "ጌታቸው"]),
    ("Georgian", ["ნინო", "გიორგი", "თამარ", "დავით", "ქეთევან"]),
    ("Greek", ["Γιώργος", "Μαρία", "Νίκος", "Ελένη", "Προΐστωρ"]),
    ("Gujarati", ["નરેન્દ્ર", "કૃષ્ણા", "પ્રિયંકા", "જયશ્રી", "હાર્દિક"]),
    ("Gurmukhi", ["ਗੁਰਪ੍ਰੀਤ", "ਸਿੰਘ", "ਹਰਜੀਤ", "ਮਨਪ੍ਰੀਤ", "ਬਲਵਿੰਦਰ"]),
    ("Han", ["山﨑", "濵田", "𠮷野家", "髙橋", "李小龍"]),
    ("Hangul", ["김철", "이순신", "박서준", "설현", "남궁민수"]),
    ("Hebrew", ["דוד", "יעקב", "רחל", "נועה", "משה"]),
    (
        "Hiragana",
        ["さくら", "ひなた", "あおい", "ゆうき", "きょうこ"],
    ),
    ("Kannada", ["ಕೃಷ್ಣ", "ಲಕ್ಷ್ಮೀ", "ಶ್ರೀನಿವಾಸ", "ಪುನೀತ್", "ಅಕ್ಷಯ್"]),
    (
        "Katakana",
        ["サクラ", "ユウキ", "マリー", "ヴィクトリア", "ジョン"],
    ),
    ("Khmer", ["សុខា", "ច័ន្ទ", "ធារ៉ា", "វិចិត្រ", "ស្រីពេជ្រ"]),
    ("Lao", ["ຄຳແພງ", "ບຸນມີ", "ສົມພອນ", "ໜ່ອຍ", "ດວງຈັນ"]),
    ("Latin", ["Zoë", "Nguyễn", "Müller", "Łukasz", "Şükrü"]),
    (
        "Malayalam",
        ["അനിൽ", "ലക്ഷ്മി", "കൃഷ്ണൻ", "ശ്രീജിത്ത്", "നന്ദ്\u{200c}കുമാർ"],
    ),
    ("Myanmar", ["လျှို့ဝှက်", "အောင်ဆန်း", "မြင့်မြင့်", "ကျော်ဇော", "ခင်ခင်"]),
    ("Oriya", ["ସୁବାସ", "ଜଗନ୍ନାଥ", "କୃଷ୍ଣ", "ପ୍ରିୟା", "ଲକ୍ଷ୍ମୀ"]),
    (
        "Sinhala",
        [
            "ශ්\u{200d}රී",
            "සඳුනි",
            "මහින්ද",
            "ප්\u{200d}රියන්ත",
            "චන්ද්\u{200d}රිකා",
        ],
    ),
    (
        "Tamil",
        ["முருகன்", "லட்சுமி", "கார்த்திக்", "ஸ்ரீதேவி", "தமிழ்செல்வி"],
    ),
    ("Telugu", ["శ్రీనివాస్", "లక్ష్మి", "కృష్ణ", "రాజేష్", "జ్యోతి"]),
    ("Thaana", ["އަޙްމަދު", "މުޙައްމަދު", "އާމިނަތު", "ޢަލީ", "ޔޫސުފް"]),
    ("Thai", ["น้ำฝน", "สมชาย", "น้ำทิพย์", "อำไพ", "ธัญญ์"]),
    ("Tibetan", ["བསྟན་འཛིན", "བཀྲ་ཤིས", "པདྨ", "དོན་གྲུབ", "ཚེ་རིང"]),
    (
        "several",
        ["佐々木ゆい", "kim김", "ラーメン太郎", "Ann李", "ㄓ李"],
    ),
];

#[test]
fn everyday_names_are_valid_usernames() {
    let service = Service::start();
    let sign_up = |name: &str, email: &str| {
        let body = json!({ "username": name, "email": email, "password": PASSWORD });
        service.post("/signup", &body).send()
    };
    let mut refused = Vec::new();
    for (script, names) in NAMES {
        for (number, name) in names.into_iter().enumerate() {
            let reply = sign_up(name, &format!("{script}{number}@example.com"));
            if reply.status != 201 {
                refused.push(format!("{script} {name}: {}", reply.text));
                continue;
            }
            assert_eq!(reply.json["user"]["username"], name, "kept as written");
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    for (_, names) in NAMES {
        service.log_in(names[2]);
    }
}

#[test]
fn a_joiner_does_not_make_a_username_distinct() {
    let service = Service::start();
    let sign_up = |name: &str, email: &str| {
        let body = json!({ "username": name, "email": email, "password": PASSWORD });
        service.post("/signup", &body).send()
    };
    sign_up("علی\u{200c}رضا", "ali@example.com").assert(201);
    let reply = sign_up("علیرضا", "other@example.com");
    reply.assert_problem(409, "username_taken");
    service.log_in("علیرضا");
}
