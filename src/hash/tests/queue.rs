//! Tests of admission, and of the assignment of jobs to workers.

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

/// A job of this cost. It is abandoned when its handle is dropped.
fn job(cost: u32) -> (Job, JobHandle<Digest>) {
    let salt = [0; 16];
    Job::digest(new_key("password", &salt).1, salt, cost)
}

/// Submits jobs of cost 10 one by one, and returns the handles of the admitted ones.
fn submit(queue: &Queue, count: usize) -> Vec<JobHandle<Digest>> {
    let submit = |_| {
        let (job, handle) = job(10);
        queue.submit(vec![job]).ok().map(|()| handle)
    };
    (0..count).filter_map(submit).collect()
}

fn taken(queue: &Queue, worker: usize, active: usize) -> Vec<Job> {
    queue.take(worker, active).expect("open")
}

#[test]
fn a_job_goes_to_the_least_loaded_worker() {
    let queue = Queue::new(3, 8, ROUND, Duration::ZERO);
    let _handles = submit(&queue, 7);
    let loads: Vec<_> = (0..3)
        .map(|worker| taken(&queue, worker, 0).len())
        .collect();
    assert_eq!(loads, [3, 2, 2]);
    // The second has finished all but one, the others nothing.
    assert!(taken(&queue, 1, 1).is_empty());
    let _more = submit(&queue, 1);
    assert_eq!(taken(&queue, 1, 1).len(), 1);
    assert!(taken(&queue, 0, 3).is_empty() && taken(&queue, 2, 2).is_empty());
}

#[test]
fn two_jobs_of_one_digest_go_to_two_idle_workers() {
    let queue = Queue::new(2, 8, ROUND, Duration::ZERO);
    let ((first, _first), (second, _second)) = (job(10), job(10));
    queue.submit(vec![first, second]).expect("admitted");
    assert_eq!(
        (taken(&queue, 0, 0).len(), taken(&queue, 1, 0).len()),
        (1, 1)
    );
}

#[test]
fn a_waiting_job_gets_the_first_free_lane_of_any_worker() {
    let queue = Queue::new(2, 2, ROUND, Duration::MAX);
    let _handles = submit(&queue, 7);
    assert_eq!(
        (taken(&queue, 0, 0).len(), taken(&queue, 1, 0).len()),
        (2, 2)
    );
    assert_eq!(taken(&queue, 1, 1).len(), 1, "one lane is free");
    assert_eq!(taken(&queue, 0, 0).len(), 2, "both are");
    assert!(taken(&queue, 1, 1).is_empty(), "no job waits any more");
}

#[test]
fn a_released_lane_is_free_before_its_worker_takes_jobs() {
    let queue = Queue::new(1, 2, ROUND, Duration::ZERO);
    let _handles = submit(&queue, 2);
    assert_eq!(taken(&queue, 0, 0).len(), 2);
    assert!(submit(&queue, 1).is_empty(), "both lanes are in use");
    queue.released(0, 1);
    let _next = submit(&queue, 2);
    assert_eq!(
        taken(&queue, 0, 1).len(),
        1,
        "one is free, so one job was rejected"
    );
}

#[test]
fn a_new_job_does_not_overtake_a_waiting_one() {
    let queue = Queue::new(1, 1, ROUND, Duration::MAX);
    let mut handles = submit(&queue, 2);
    assert_eq!(taken(&queue, 0, 0).len(), 1);
    queue.released(0, 0);
    let mut late = submit(&queue, 1);
    for job in taken(&queue, 0, 0) {
        job.complete(Digest::of(&[0; 24]));
    }
    assert!(handles[1].try_take().is_some() && late[0].try_take().is_none());
}

#[test]
fn more_lanes_take_waiting_jobs() {
    let queue = Queue::new(1, 1, ROUND, Duration::MAX);
    let _handles = submit(&queue, 9);
    assert_eq!(taken(&queue, 0, 0).len(), 1);
    queue.set_lanes(4, None);
    assert_eq!((queue.capacity(), taken(&queue, 0, 1).len()), (4, 3));
    queue.set_lanes(8, Some(ROUND));
    assert_eq!((queue.capacity(), taken(&queue, 0, 4).len()), (8, 4));
}

#[test]
fn the_wait_is_estimated_from_speed_and_queued_work() {
    // A job of cost 10 takes 1,024 rounds of 10 microseconds, which is 10.24 ms of a worker. With
    // two workers one job finishes every 5.12 ms.
    let queue = Queue::new(2, 4, ROUND, Duration::from_millis(52));
    let handles = submit(&queue, 100);
    assert_eq!(handles.len(), 8 + 10);
    let (big, _handle) = job(14);
    let error = queue.submit(vec![big]).expect_err("16 times the work");
    assert_eq!(
        error,
        HashError::Overloaded {
            retry_after: Duration::from_secs(1)
        }
    );
}

#[test]
fn retry_after_covers_the_wait() {
    let queue = Queue::new(1, 1, Duration::from_millis(1), Duration::from_secs(3));
    let handles = submit(&queue, 10);
    assert_eq!(handles.len(), 1 + 2);
    let (job, _handle) = job(10);
    // 3 * 1.024 s, rounded up.
    let error = queue.submit(vec![job]).expect_err("too long");
    assert_eq!(
        error,
        HashError::Overloaded {
            retry_after: Duration::from_secs(4)
        }
    );
}

#[test]
fn the_estimate_follows_the_speed_of_full_workers() {
    let queue = Queue::new(1, 2, ROUND, Duration::from_millis(105));
    let _active = submit(&queue, 2);
    // The speed of a worker with a free lane is ignored.
    queue.record_speed(1, 16_384, Duration::from_mins(1));
    let waiting = submit(&queue, 99);
    assert_eq!(waiting.len(), 10, "10.24 ms each");
    // 8,192 rounds of 20 microseconds: the whole window of the estimate.
    queue.record_speed(2, 4_096, Duration::from_micros(20 * 8_192));
    assert!(
        submit(&queue, 1).is_empty(),
        "ten jobs of 20.48 ms are waiting"
    );
    drop(waiting);
    assert_eq!(submit(&queue, 99).len(), 5, "20.48 ms each");
}

#[test]
fn abandoned_jobs_are_not_waited_for() {
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
    assert_eq!(taken(&queue, 0, 1).len(), 0, "all jobs are abandoned");
}

#[test]
fn a_closed_queue_hands_out_its_jobs_and_rejects_new_ones() {
    let queue = Queue::new(1, 1, ROUND, Duration::MAX);
    let _handles = submit(&queue, 2);
    queue.close();
    let (job, _handle) = job(10);
    assert_eq!(queue.submit(vec![job]), Err(HashError::Failed));
    assert_eq!(taken(&queue, 0, 0).len(), 1);
    assert_eq!(taken(&queue, 0, 0).len(), 1);
    assert!(queue.take(0, 0).is_none());
}

#[test]
fn a_pause_ends_on_timeout_or_on_close() {
    let queue = Queue::new(1, 1, ROUND, Duration::MAX);
    assert!(queue.pause(Duration::ZERO));
    std::thread::scope(|scope| {
        let pause = scope.spawn(|| queue.pause(Duration::MAX));
        queue.close();
        assert!(!pause.join().expect("no panic"));
    });
    assert!(!queue.pause(Duration::MAX));
}
