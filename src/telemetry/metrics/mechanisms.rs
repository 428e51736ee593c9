//! The statistics of the service's mechanisms: hashing, mail, the database and security events.

use std::{fmt, time::Duration};

use super::exposition::Exposition;
use crate::service::{
    ChannelStatistics, DatabaseStatistics, EventStatistics, GateStatistics, HashStatistics,
    PendingReading, WebhookStatistics,
};

pub(super) fn hashing(out: &mut Exposition<'_>, hashing: &HashStatistics) -> fmt::Result {
    out.gauge(
        "daemun_hash_waiting",
        "Password hashes that wait for a free lane.",
        hashing.waiting,
    )?;
    out.gauge(
        "daemun_hash_lanes",
        "Password hashes that can be computed at the same time.",
        hashing.lanes,
    )?;
    out.gauge(
        "daemun_hash_lanes_busy",
        "Password hashes that are being computed.",
        hashing.lanes_busy,
    )?;
    out.histogram(
        "daemun_hash_wait",
        "Time that a password hash waited for a lane.",
        &hashing.waits,
    )?;
    out.counter(
        "daemun_hashes_shed",
        "Requests for a password hash that were rejected because of the load.",
        hashing.shed,
    )?;
    out.counter(
        "daemun_hash_mismatches",
        "Password hashes on which two computations differed; 0 on a sound machine.",
        hashing.mismatches,
    )
}

pub(super) fn hash_gate(out: &mut Exposition<'_>, gate: &GateStatistics) -> fmt::Result {
    out.gauge(
        "daemun_foreign_hash_waiting",
        "Password hashes of other systems that wait for a thread or for memory.",
        gate.waiting,
    )?;
    out.gauge(
        "daemun_foreign_hash_running",
        "Password hashes of other systems that are being verified.",
        gate.running,
    )?;
    out.counter(
        "daemun_foreign_hashes_shed",
        "Logins that were rejected because the gate of other systems' hashes could not start in time.",
        gate.shed,
    )
}

pub(super) fn mail(out: &mut Exposition<'_>, mail: &ChannelStatistics) -> fmt::Result {
    // Without a recent reading, a gauge would state an old one as the present.
    if let Some(PendingReading { count, oldest_age }) = mail.pending {
        out.gauge(
            "daemun_outbox_pending",
            "Messages in the outbox that are not sent yet; 10000 means that many or more.",
            count,
        )?;
        out.seconds(
            "daemun_outbox_oldest_age",
            "Age of the oldest message in the outbox that is not sent yet; 0 without one.",
            oldest_age.map_or(0.0, |age: Duration| age.as_secs_f64()),
        )?;
    }
    out.counter(
        "daemun_mails_sent",
        "Messages that the mail server accepted.",
        mail.sent,
    )?;
    out.counter(
        "daemun_mails_failed",
        "Messages that were refused permanently or expired before they could be sent.",
        mail.failed,
    )?;
    out.gauge(
        "daemun_mail_circuit_breaker_open",
        "1 while no mail can be sent and probes are sent at intervals, else 0.",
        u64::from(mail.is_breaker_open),
    )
}

pub(super) fn webhooks(out: &mut Exposition<'_>, webhooks: &WebhookStatistics) -> fmt::Result {
    let channel = &webhooks.channel;
    if let Some(PendingReading { count, oldest_age }) = channel.pending {
        out.gauge(
            "daemun_webhooks_pending",
            "Events that the webhook receiver has not accepted yet; 10000 means that many or more.",
            count,
        )?;
        out.seconds(
            "daemun_webhooks_oldest_age",
            "Age of the oldest event that the webhook receiver has not accepted yet; 0 without one.",
            oldest_age.map_or(0.0, |age: Duration| age.as_secs_f64()),
        )?;
    }
    out.counter(
        "daemun_webhooks_sent",
        "Events that the webhook receiver accepted.",
        channel.sent,
    )?;
    out.counter(
        "daemun_webhooks_failed",
        "Events that the webhook receiver did not accept within three days.",
        channel.failed,
    )?;
    out.gauge(
        "daemun_webhook_circuit_breaker_open",
        "1 while the webhook receiver is unreachable or asks for a pause, else 0.",
        u64::from(channel.is_breaker_open),
    )?;
    out.gauge(
        "daemun_webhook_paused",
        "1 after the webhook receiver responded that it is gone, until webhooks are resumed, else 0.",
        u64::from(webhooks.is_paused),
    )
}

pub(super) fn database(out: &mut Exposition<'_>, database: &DatabaseStatistics) -> fmt::Result {
    let connections = database.pools.iter().flat_map(|pool| {
        [("idle", pool.idle), ("used", pool.used)].map(|(state, count)| {
            let labels = [
                ("db_client_connection_state", state),
                ("db_client_connection_pool_name", pool.name),
            ];
            (labels, count)
        })
    });
    out.gauges(
        "db_client_connection_count",
        "Connections to the database by state and pool.",
        connections,
    )?;
    let waits = database.pools.iter().map(|pool| {
        let labels = [("db_client_connection_pool_name", pool.name)];
        (labels, pool.waits.clone())
    });
    out.histograms(
        "db_client_connection_wait_time",
        "Time that a request waited for a connection of the pool.",
        waits,
    )?;
    let errors = database.errors.iter();
    out.counters(
        "daemun_database_errors",
        "Reads and writes that failed, by kind.",
        errors.map(|(kind, count)| ([("kind", *kind)], *count)),
    )
}

pub(super) fn events(out: &mut Exposition<'_>, statistics: &EventStatistics) -> fmt::Result {
    out.counter(
        "daemun_sessions_created",
        "Sessions that were opened.",
        statistics.sessions_created,
    )?;
    out.counter(
        "daemun_sessions_revoked",
        "Sessions that their owner, a newer session or a new password ended.",
        statistics.sessions_revoked,
    )?;
    let counts = statistics.counts.iter();
    out.counters(
        "daemun_events",
        "Security events by type.",
        counts.map(|(kind, count)| ([("type", *kind)], *count)),
    )
}
