//! `GET /me/devices`

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{session::device::RecognizedDevice, timestamp::Timestamp},
    http::{
        extract::session::Authenticated,
        openapi::error_responses::{self, error_responses},
        problem::Problem,
    },
    service::{RecognizedDevices, Service},
};

/// A recognized device of the caller's account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Device)]
pub struct DeviceResponse {
    /// The device's id. It gives no access.
    #[schema(format = "uuid", example = "019aab12-3c4e-7b21-8e4f-7d8c9b0a1f2e")]
    id: String,
    /// The time of the first login; RFC 3339 in UTC with six fraction digits.
    #[schema(format = "date-time", example = "2026-11-22T13:05:09.250000Z")]
    created_at: String,
    /// The time of the last login; RFC 3339 in UTC with six fraction digits. `null` if the last
    /// login was before the service recorded this time.
    #[schema(
        required = true,
        format = "date-time",
        example = "2026-11-25T08:30:00.000000Z"
    )]
    last_used_at: Option<String>,
    /// The time until which the device is recognized; RFC 3339 in UTC with six fraction digits.
    #[schema(format = "date-time", example = "2027-12-27T13:05:09.250000Z")]
    expires_at: String,
    /// The time until which the device skips the second factor; RFC 3339 in UTC with six fraction
    /// digits. `null` if the device does not skip it.
    #[schema(
        required = true,
        format = "date-time",
        example = "2026-12-22T13:05:09.250000Z"
    )]
    trusted_until: Option<String>,
    /// `true` for the device from which the session of the request was opened.
    current: bool,
}

/// The recognized devices of an account, the newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Devices)]
pub struct DevicesResponse {
    /// At most 20.
    #[schema(max_items = 20)]
    devices: Vec<DeviceResponse>,
}

impl From<RecognizedDevices> for DevicesResponse {
    fn from(recognized: RecognizedDevices) -> Self {
        let response = |device: &RecognizedDevice| DeviceResponse {
            id: device.id().to_string(),
            created_at: device.created_at.rfc3339(),
            last_used_at: device.last_used_at.map(Timestamp::rfc3339),
            expires_at: device.expires_at.rfc3339(),
            trusted_until: device.trusted_until.map(Timestamp::rfc3339),
            current: Some(device.id()) == recognized.current,
        };
        Self {
            devices: recognized.devices.iter().map(response).collect(),
        }
    }
}

error_responses!(ListDevicesErrors: error_responses::WITH_SESSION);

/// List recognized devices
///
/// Returns the devices from which the account was used, the newest first; at most 20. A recognized
/// device has its own counter of failed logins, and may be trusted to skip the second factor.
#[utoipa::path(
    tag = "sessions",
    operation_id = "list_devices",
    security(("bearer" = []), ("cookie" = [])),
    responses((status = 200, description = "The devices.", body = DevicesResponse), ListDevicesErrors)
)]
#[get("/me/devices")]
pub async fn list_devices(
    service: web::Data<Service>,
    Authenticated(caller): Authenticated,
) -> Result<HttpResponse, Problem> {
    let devices = service.list_devices(&caller).await?;
    Ok(HttpResponse::Ok().json(DevicesResponse::from(devices)))
}
