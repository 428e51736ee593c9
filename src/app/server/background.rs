//! The tasks beside the server: purging expired rows and sending mail.

use std::time::Duration;

use actix_web::rt::{self, task::JoinHandle};
use tokio::{sync::oneshot, time::timeout};

use crate::service::Service;

/// The pause between two purges of expired rows.
const PURGE_INTERVAL: Duration = Duration::from_mins(10);

/// The pause between two readings of what the metrics show of the database.
const REFRESH_INTERVAL: Duration = Duration::from_secs(5);

/// The time that messages in flight have to finish when the service stops.
const MAIL_DEADLINE: Duration = Duration::from_secs(10);

/// The running tasks.
pub(super) struct Background {
    purge: JoinHandle<()>,
    refresh: Option<JoinHandle<()>>,
    mail: JoinHandle<()>,
    stop_mail: oneshot::Sender<()>,
}

impl Background {
    /// Starts the tasks. Statistics are read only for metrics.
    pub(super) fn start(service: &Service, has_metrics: bool) -> Self {
        let (stop_mail, is_stopped) = oneshot::channel::<()>();
        Self {
            purge: rt::spawn(purge(service.clone())),
            refresh: has_metrics.then(|| rt::spawn(refresh(service.clone()))),
            mail: rt::spawn(service.clone().send_mail(async {
                let _stopped_or_dropped = is_stopped.await;
            })),
            stop_mail,
        }
    }

    /// Stops the tasks, once messages in flight are sent or their time is over.
    pub(super) async fn stop(self) {
        self.purge.abort();
        if let Some(refresh) = self.refresh {
            refresh.abort();
        }
        drop(self.stop_mail);
        if timeout(MAIL_DEADLINE, self.mail).await.is_err() {
            tracing::warn!(
                "a message in flight could not be finished; the next start sends it again"
            );
        }
    }
}

async fn refresh(service: Service) {
    loop {
        if let Err(error) = service.refresh_statistics().await {
            tracing::debug!(%error, "the statistics could not be read; the metrics lack them");
        }
        rt::time::sleep(REFRESH_INTERVAL).await;
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
