//! QR codes as images that a page can show without a request.

use base64::{Engine, engine::general_purpose::STANDARD};
use qrcode::{QrCode, render::svg, types::QrError};

/// Pixels of a module. The image scales: it has no other size than its proportions.
const MODULE: u32 = 4;

/// Returns the QR code (ISO/IEC 18004) of a text as a data URI (RFC 2397) of an SVG image.
pub fn data_uri(text: &str) -> Result<String, QrError> {
    let code = QrCode::new(text)?;
    let image = code
        .render::<svg::Color<'_>>()
        .module_dimensions(MODULE, MODULE)
        .build();
    Ok(format!(
        "data:image/svg+xml;base64,{}",
        STANDARD.encode(image)
    ))
}
