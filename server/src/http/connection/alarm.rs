//! The timer of a connection. It sets tokio's timer rarely, instead of for every request.

use hyper::rt::Timer;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Instant;
use tokio::time::Sleep;

/// The timer of one connection. It waits for one deadline at a time. Because a deadline is
/// almost always later than the previous one, the underlying timer stays unchanged until it
/// fires, and is only then set again. It is moved forward for an earlier deadline.
#[derive(Clone, Default)]
pub(super) struct Alarm(Arc<Mutex<Option<Pin<Box<Sleep>>>>>);

/// A deadline that an alarm waits for.
struct Deadline {
    at: Instant,
    alarm: Alarm,
}

impl Alarm {
    fn poll(&self, at: Instant, context: &mut Context<'_>) -> Poll<()> {
        let mut sleep = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = tokio::time::Instant::from_std(at);
        let sleep = sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(at)));
        if at < sleep.deadline() {
            sleep.as_mut().reset(at);
        }
        loop {
            ready!(sleep.as_mut().poll(context));
            if at <= sleep.deadline() {
                return Poll::Ready(());
            }
            // The timer fired for an earlier deadline, which was met.
            sleep.as_mut().reset(at);
        }
    }
}

impl Timer for Alarm {
    fn sleep(&self, duration: std::time::Duration) -> Pin<Box<dyn hyper::rt::Sleep>> {
        self.sleep_until(self.now() + duration)
    }

    fn sleep_until(&self, at: Instant) -> Pin<Box<dyn hyper::rt::Sleep>> {
        let alarm = self.clone();
        Box::pin(Deadline { at, alarm })
    }

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }
}

impl Future for Deadline {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.alarm.poll(self.at, context)
    }
}

impl hyper::rt::Sleep for Deadline {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::time::timeout;

    const SECOND: Duration = Duration::from_secs(1);

    /// Returns the seconds after which this deadline of the alarm has passed.
    async fn wait(alarm: &Alarm, seconds: u32) -> Duration {
        let begin = alarm.now();
        alarm.sleep(SECOND * seconds).await;
        alarm.now() - begin
    }

    fn is_about(took: Duration, seconds: u32) -> bool {
        let expect = SECOND * seconds;
        expect <= took && took < expect + Duration::from_millis(10)
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_passes_in_time() {
        let alarm = Alarm::default();
        for seconds in [5, 1, 3] {
            assert!(is_about(wait(&alarm, seconds).await, seconds));
        }
    }

    /// A former deadline has no effect.
    #[tokio::test(start_paused = true)]
    async fn a_deadline_that_is_met() {
        let alarm = Alarm::default();
        for left_after in [1, 4] {
            let met = timeout(SECOND * left_after, alarm.sleep(SECOND * 5)).await;
            assert!(met.is_err(), "something came first");
        }
        assert!(is_about(wait(&alarm, 5).await, 5));
        let met = timeout(SECOND, alarm.sleep(SECOND * 5)).await;
        assert!(met.is_err(), "something came first");
        assert!(is_about(wait(&alarm, 1).await, 1));
    }
}
