//! A letter as HTML that needs nothing from elsewhere and is readable on light and dark ground; it must not know any words of its own.

use std::fmt::Write;

use super::letter::Letter;

/// Text and ground are left to the reader's program, which knows whether it is dark; only what has a ground of its own has
/// colours: 5.9:1 on the button, 4.5:1 and more for the frame on white and on black (WCAG 2.2, 1.4.3 and 1.4.11).
const FONTS: &str = "system-ui,-apple-system,'Segoe UI',Roboto,'Apple SD Gothic Neo','Malgun Gothic','Noto Sans KR',sans-serif";
const DIGITS: &str = "ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace";
const BUTTON: &str = "display:inline-block;padding:12px 24px;border-radius:8px;background-color:#1f5fbf;color:#ffffff;font-weight:600;text-decoration:none";
const CODE: &str = "margin:0 0 24px;padding:16px;border:2px solid #767676;border-radius:8px;font-size:32px;line-height:1.2;font-weight:700;letter-spacing:6px;text-align:center";

/// The document.
pub(super) fn render(letter: &Letter) -> String {
    let (language, subject) = (letter.language.tag(), escaped(&letter.subject));
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"supported-color-schemes\" content=\"light dark\">\n\
         <title>{subject}</title>\n</head>\n<body style=\"margin:0\">\n\
         <div lang=\"{language}\" style=\"max-width:34rem;margin:0 auto;padding:24px 16px;font-family:{FONTS};font-size:16px;line-height:1.6;word-break:keep-all;overflow-wrap:break-word\">\n\
         <p style=\"margin:0 0 24px;font-weight:600\">{}</p>\n\
         <h1 style=\"margin:0 0 16px;font-size:24px;line-height:1.3\">{subject}</h1>\n",
        escaped(&letter.service)
    );
    paragraphs(&mut html, &letter.opening);
    body(&mut html, letter);
    paragraphs(&mut html, &letter.closing);
    html.push_str("</div>\n</body>\n</html>\n");
    html
}

fn body(html: &mut String, letter: &Letter) {
    for (name, value) in &letter.facts {
        let value = escaped(value);
        push(
            html,
            format_args!("<p style=\"margin:0 0 4px\">{name}: <strong>{value}</strong></p>\n"),
        );
    }
    if !letter.facts.is_empty() {
        html.push_str("<p style=\"margin:0 0 16px\"></p>\n");
    }
    if let Some(code) = &letter.code {
        push(
            html,
            format_args!("<p style=\"margin:24px 0 8px\">{}</p>\n", code.label),
        );
        push(
            html,
            format_args!(
                "<p style=\"{CODE};font-family:{DIGITS}\">{}</p>\n",
                code.digits
            ),
        );
    }
    if let Some(link) = &letter.link {
        let url = escaped(&link.url);
        push(
            html,
            format_args!(
                "<p style=\"margin:0 0 16px\"><a href=\"{url}\" style=\"{BUTTON}\">{}</a></p>\n",
                link.label
            ),
        );
        push(
            html,
            format_args!(
                "<p style=\"margin:0 0 24px;font-size:14px\">{}<br><a href=\"{url}\" style=\"word-break:break-all\">{url}</a></p>\n",
                link.lead
            ),
        );
    }
}

fn paragraphs(html: &mut String, texts: &[String]) {
    for text in texts {
        push(
            html,
            format_args!("<p style=\"margin:0 0 16px\">{}</p>\n", escaped(text)),
        );
    }
}

fn push(html: &mut String, text: std::fmt::Arguments<'_>) {
    // Text takes whatever is written.
    let _written = html.write_fmt(text);
}

/// Text that means itself between tags and in an attribute.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
