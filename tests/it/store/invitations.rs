//! The table of invitations, on each database: when a row is deleted.

use std::time::Duration;

use daemun::{
    domain::{
        account::{ids::InvitationId, roles::Roles},
        credential::{
            invitation::Invitation,
            token::{PlainToken, TokenKind},
        },
        timestamp::Timestamp,
    },
    store::tables::invitations,
};

use crate::support::on_a_database;

const NOW: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);
const MONTH: Duration = Duration::from_hours(30 * 24);

#[test]
fn an_invitation_is_deleted_30_days_after_its_expiry() {
    on_a_database(|db| {
        for number in 0..6 {
            let invitation = Invitation {
                id: InvitationId::new(NOW, &[number; 10]),
                email: None,
                roles: Roles::default(),
                uses: 1,
                uses_left: 1,
                created_at: NOW,
                expires_at: NOW.plus(Duration::from_hours(u64::from(number / 3))),
                revoked_at: None,
            };
            let token = PlainToken::new(TokenKind::Invitation, [number; 32]).digest();
            db.write(|tx| invitations::insert(tx, &invitation, &token))
                .unwrap();
        }
        let purge = |now, limit| {
            db.write(|tx| invitations::purge_expired(tx, now, limit))
                .unwrap()
        };
        let end = NOW.plus(MONTH);
        assert_eq!(purge(end.minus(Duration::from_micros(1)), 10), 0);
        assert_eq!([purge(end, 2), purge(end, 10), purge(end, 10)], [2, 1, 0]);
        let left = db.read(|tx| invitations::list(tx, None, 10)).unwrap();
        assert_eq!(left.len(), 3);
    });
}
