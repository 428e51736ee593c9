//! The tasks beside the server: purging expired rows, sending mail and sending webhooks.

use std::time::Duration;

use actix_web::rt::{self, task::JoinHandle};
use tokio::{sync::oneshot, time::timeout};

use crate::service::Service;

/// The pause between two purges of expired rows.
const PURGE_INTERVAL: Duration = Duration::from_mins(10);

/// The pause between two readings of what the metrics show of the database.
const REFRESH_INTERVAL: Duration = Duration::from_secs(5);

/// The time that messages in flight have to finish when the service stops.
const MESSAGE_DEADLINE: Duration = Duration::from_secs(10);

/// The running tasks.
pub(super) struct Background {
    purge: JoinHandle<()>,
    refresh: Option<JoinHandle<()>>,
    workers: [MessageWorker; 2],
}

/// A running worker of the outbox. It stops when its sender is dropped.
struct MessageWorker {
    task: JoinHandle<()>,
    stop: oneshot::Sender<()>,
}

impl Background {
    /// Starts the tasks. Statistics are read only for metrics.
    pub(super) fn start(service: &Service, has_metrics: bool) -> Self {
        let (mail, webhooks) = (service.clone(), service.clone());
        Self {
            purge: rt::spawn(purge(service.clone())),
            refresh: has_metrics.then(|| rt::spawn(refresh(service.clone()))),
            workers: [
                MessageWorker::start(|stop| mail.send_mail(stopped(stop))),
                MessageWorker::start(|stop| webhooks.send_webhooks(stopped(stop))),
            ],
        }
    }

    /// Stops the tasks, once messages in flight are sent or their time is over.
    pub(super) async fn stop(self) {
        self.purge.abort();
        if let Some(refresh) = self.refresh {
            refresh.abort();
        }
        let finished = self.workers.map(|MessageWorker { task, stop }| {
            drop(stop);
            task
        });
        let all = async {
            for task in finished {
                let _ended_or_panicked = task.await;
            }
        };
        if timeout(MESSAGE_DEADLINE, all).await.is_err() {
            tracing::warn!(
                "a message in flight could not be finished; the next start sends it again"
            );
        }
    }
}

impl MessageWorker {
    fn start<F>(work: impl FnOnce(oneshot::Receiver<()>) -> F) -> Self
    where
        F: Future<Output = ()> + 'static,
    {
        let (stop, is_stopped) = oneshot::channel();
        Self {
            task: rt::spawn(work(is_stopped)),
            stop,
        }
    }
}

/// Completes when the worker is to stop.
async fn stopped(stop: oneshot::Receiver<()>) {
    let _stopped_or_dropped = stop.await;
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
