//! The response with new recovery codes.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::credential::recovery_code::RecoveryCode;

/// New recovery codes. They are shown once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecoveryCodes)]
pub struct RecoveryCodesResponse {
    /// Ten codes, or none where the account keeps the codes that it has. Each replaces a second
    /// factor once.
    #[schema(max_items = 10, example = json!(["4m9x-0qzv-e7h2-kc5t-83ra-jn6w"]))]
    recovery_codes: Vec<String>,
}

impl RecoveryCodesResponse {
    /// Shows these codes.
    pub fn new(codes: &[RecoveryCode]) -> Self {
        Self {
            recovery_codes: codes.iter().map(RecoveryCode::expose).collect(),
        }
    }
}
