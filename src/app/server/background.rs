//! The tasks beside the server: purging expired rows and sending mail.

use std::time::Duration;

use actix_web::rt::{self, task::JoinHandle};
use tokio::{sync::oneshot, time::timeout};

use crate::service::Service;

/// The pause between two purges of expired rows.
const PURGE_INTERVAL: Duration = Duration::from_mins(10);

/// The time that messages in flight have to finish when the service stops.
const MAIL_DEADLINE: Duration = Duration::from_secs(10);

/// The running tasks.
pub(super) struct Background {
    purge: JoinHandle<()>,
    mail: JoinHandle<()>,
    stop_mail: oneshot::Sender<()>,
}

impl Background {
    /// Starts the tasks.
    pub(super) fn start(service: &Service) -> Self {
        let (stop_mail, is_stopped) = oneshot::channel::<()>();
        Self {
            purge: rt::spawn(purge(service.clone())),
            mail: rt::spawn(service.clone().send_mail(async {
                let _stopped_or_dropped = is_stopped.await;
            })),
            stop_mail,
        }
    }

    /// Stops the tasks, once messages in flight are sent or their time is over.
    pub(super) async fn stop(self) {
        self.purge.abort();
        drop(self.stop_mail);
        if timeout(MAIL_DEADLINE, self.mail).await.is_err() {
            tracing::warn!(
                "a message in flight could not be finished; the next start sends it again"
            );
        }
    }
}

async fn purge(service: Service) {
    loop {
        match service.purge().await {
            Ok(0) => {}
            Ok(rows) => {
                tracing::info!(event = "database.purged", rows, "expired rows removed");
            }
            Err(error) => {
                tracing::warn!(%error, "expired rows could not be removed; the next purge retries");
            }
        }
        rt::time::sleep(PURGE_INTERVAL).await;
    }
}
