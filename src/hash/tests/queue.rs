//! Who is admitted, and which worker gets the job.

use std::time::Duration;

use crate::hash::{
    HashError,
    pool::{
        job::{Job, JobHandle},
        queue::Queue,
    },
    stored::{Digest, new_key},
};

const ROUND: Duration = Duration::from_micros(10);

/// A job of this cost, which stays wanted while its answer lives.
fn job(cost: u32) -> (Job, JobHandle<Digest>) {
    let salt = [0; 16];
    Job::digest(new_key("password", &salt).1, salt, cost)
}

/// Submits jobs of cost 10 one by one, and returns the answers of those that were admitted.
fn submit(queue: &Queue, count: usize) -> Vec<JobHandle<Digest>> {
    let submit = |_| {
        let (job, answer) = job(10);
        queue.submit(vec![job]).ok().map(|()| answer)
    };
    (0..count).filter_map(submit).collect()
}

fn taken(queue: &Queue, place: usize, active: usize) -> Vec<Job> {
    queue.take(place, active).expect("open")
}

#[test]
fn a_job_goes_to_the_worker_with_the_fewest() {
    let queue = Queue::new(3, 8, ROUND, Duration::ZERO);
    let _answers = submit(&queue, 7);
    let loads: Vec<_> = (0..3).map(|place| taken(&queue, place, 0).len()).collect();
    assert_eq!(loads, [3, 2, 2]);
    // The second has finished all but one, the others nothing.
    assert!(taken(&queue, 1, 1).is_empty());
    let _more = submit(&queue, 1);
    assert_eq!(taken(&queue, 1, 1).len(), 1);
    assert!(taken(&queue, 0, 3).is_empty() && taken(&queue, 2, 2).is_empty());
}

#[test]
fn two_computations_of_one_digest_go_to_two_workers_when_both_are_free() {
    let queue = Queue::new(2, 8, ROUND, Duration::ZERO);
    let ((one, _first), (other, _second)) = (job(10), job(10));
    queue.submit(vec![one, other]).expect("admitted");
    assert_eq!(
        (taken(&queue, 0, 0).len(), taken(&queue, 1, 0).len()),
        (1, 1)
    );
}

#[test]
fn who_waits_gets_the_first_lane_that_is_free_whosever_it_is() {
    let queue = Queue::new(2, 2, ROUND, Duration::MAX);
    let _answers = submit(&queue, 7);
    assert_eq!(
        (taken(&queue, 0, 0).len(), taken(&queue, 1, 0).len()),
        (2, 2)
    );
    assert_eq!(taken(&queue, 1, 1).len(), 1, "one lane has ended");
    assert_eq!(taken(&queue, 0, 0).len(), 2, "both have");
    assert!(taken(&queue, 1, 1).is_empty(), "nobody waits any more");
}

#[test]
fn a_lane_that_ended_is_free_before_its_worker_looks_for_more() {
    let queue = Queue::new(1, 2, ROUND, Duration::ZERO);
    let _answers = submit(&queue, 2);
    assert_eq!(taken(&queue, 0, 0).len(), 2);
    assert!(submit(&queue, 1).is_empty(), "both lanes are in use");
    queue.released(0, 1);
    let _next = submit(&queue, 2);
    assert_eq!(taken(&queue, 0, 1).len(), 1, "one is, and one is refused");
}

#[test]
fn who_comes_when_a_lane_ends_does_not_overtake_who_waits() {
    let queue = Queue::new(1, 1, ROUND, Duration::MAX);
    let mut answers = submit(&queue, 2);
    assert_eq!(taken(&queue, 0, 0).len(), 1);
    queue.released(0, 0);
    let mut late = submit(&queue, 1);
    for job in taken(&queue, 0, 0) {
        job.complete(Digest::of(&[0; 24]));
    }
    assert!(answers[1].take().is_some() && late[0].take().is_none());
}

#[test]
fn opening_lanes_lets_in_who_waits() {
    let queue = Queue::new(1, 1, ROUND, Duration::MAX);
    let _answers = submit(&queue, 9);
    assert_eq!(taken(&queue, 0, 0).len(), 1);
    queue.set_lanes(4, None);
    assert_eq!((queue.capacity(), taken(&queue, 0, 1).len()), (4, 3));
    queue.set_lanes(8, Some(ROUND));
    assert_eq!((queue.capacity(), taken(&queue, 0, 4).len()), (8, 4));
}

#[test]
fn the_wait_is_estimated_by_speed_and_by_what_is_ahead() {
    // A job of cost 10 takes 1,024 rounds of 10 microseconds: 10.24 ms of a worker, so one ends every 5.12 ms.
    let queue = Queue::new(2, 4, ROUND, Duration::from_millis(52));
    let answers = submit(&queue, 100);
    assert_eq!(answers.len(), 8 + 10);
    let (big, _answer) = job(14);
    let refusal = queue.submit(vec![big]).expect_err("16 times the work");
    assert_eq!(
        refusal,
        HashError::Overloaded {
            retry_after: Duration::from_secs(1)
        }
    );
}

#[test]
fn retry_after_covers_the_wait() {
    let queue = Queue::new(1, 1, Duration::from_millis(1), Duration::from_secs(3));
    let answers = submit(&queue, 10);
    assert_eq!(answers.len(), 1 + 2);
    let (job, _answer) = job(10);
    // 3 * 1.024 s, rounded up.
    let refusal = queue.submit(vec![job]).expect_err("too long");
    assert_eq!(
        refusal,
        HashError::Overloaded {
            retry_after: Duration::from_secs(4)
        }
    );
}

#[test]
fn the_estimate_follows_what_full_workers_measure() {
    let queue = Queue::new(1, 2, ROUND, Duration::from_millis(105));
    let _active = submit(&queue, 2);
    // A worker with a free lane tells nothing about a full one.
    queue.record_speed(1, 16_384, Duration::from_mins(1));
    let waiting = submit(&queue, 99);
    assert_eq!(waiting.len(), 10, "10.24 ms each");
    // 8,192 rounds of 20 microseconds: all that the estimate remembers.
    queue.record_speed(2, 4_096, Duration::from_micros(20 * 8_192));
    assert!(
        submit(&queue, 1).is_empty(),
        "ten jobs of 20.48 ms are waiting"
    );
    drop(waiting);
    assert_eq!(submit(&queue, 99).len(), 5, "20.48 ms each");
}

#[test]
fn those_who_hung_up_are_not_waited_for() {
    let queue = Queue::new(1, 1, ROUND, Duration::from_millis(105));
    let active = submit(&queue, 1);
    let waiting = submit(&queue, 99);
    assert_eq!(waiting.len(), 10);
    assert!(submit(&queue, 1).is_empty());
    drop(waiting);
    let late = submit(&queue, 99);
    assert_eq!(late.len(), 10);
    assert_eq!(taken(&queue, 0, 0).len(), 1);
    drop((active, late));
    assert_eq!(taken(&queue, 0, 1).len(), 0, "all of them are gone");
}

#[test]
fn a_closed_queue_gives_out_what_it_has_and_takes_nothing() {
    let queue = Queue::new(1, 1, ROUND, Duration::MAX);
    let _answers = submit(&queue, 2);
    queue.close();
    let (job, _answer) = job(10);
    assert_eq!(queue.submit(vec![job]), Err(HashError::Failed));
    assert_eq!(taken(&queue, 0, 0).len(), 1);
    assert_eq!(taken(&queue, 0, 0).len(), 1);
    assert!(queue.take(0, 0).is_none());
}

#[test]
fn a_pause_ends_with_its_time_or_with_the_queue() {
    let queue = Queue::new(1, 1, ROUND, Duration::MAX);
    assert!(queue.pause(Duration::ZERO));
    std::thread::scope(|scope| {
        let pause = scope.spawn(|| queue.pause(Duration::MAX));
        queue.close();
        assert!(!pause.join().expect("no panic"));
    });
    assert!(!queue.pause(Duration::MAX));
}
