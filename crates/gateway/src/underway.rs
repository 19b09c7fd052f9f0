//! Work that has begun: it runs to its end also when nobody waits for it any more, and its panic is a result.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::runtime::Handle;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// The work panicked: a bug of ours or of a library.
#[derive(Debug)]
pub(crate) struct Panicked;

/// A future whose panic is its result, so that a bug costs one request and no other.
pub(crate) struct Guarded<F>(Pin<Box<F>>);

impl<F> Guarded<F> {
    pub(crate) fn new(work: F) -> Guarded<F> {
        Guarded(Box::pin(work))
    }
}

impl<F: Future> Future for Guarded<F> {
    type Output = Result<F::Output, Panicked>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let work = self.0.as_mut();
        // What panicked is not polled again.
        match catch_unwind(AssertUnwindSafe(|| work.poll(cx))) {
            Ok(poll) => poll.map(Ok),
            Err(_) => Poll::Ready(Err(Panicked)),
        }
    }
}

/// Work that its caller runs as long as it is there; from then on a task of its own does.
pub(crate) struct Underway<F>
where
    F: Future<Output: Send> + Send + 'static,
{
    /// Nothing once it is done.
    work: Option<Guarded<F>>,
    /// What waits for all work waits for this.
    running: TaskTrackerToken,
    unwanted: fn(Result<F::Output, Panicked>),
}

impl<F> Underway<F>
where
    F: Future<Output: Send> + Send + 'static,
{
    /// `unwanted` is told of a result that nobody waits for.
    pub(crate) fn new(
        work: Guarded<F>,
        running: TaskTrackerToken,
        unwanted: fn(Result<F::Output, Panicked>),
    ) -> Underway<F> {
        Underway { work: Some(work), running, unwanted }
    }
}

impl<F> Future for Underway<F>
where
    F: Future<Output: Send> + Send + 'static,
{
    type Output = Result<F::Output, Panicked>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(work) = &mut self.work else { return Poll::Pending };
        let done = ready!(Pin::new(work).poll(cx));
        self.work = None;
        Poll::Ready(done)
    }
}

impl<F> Drop for Underway<F>
where
    F: Future<Output: Send> + Send + 'static,
{
    fn drop(&mut self) {
        let Some(work) = self.work.take() else { return };
        // Without a runtime nothing that it could wait for comes any more.
        let Ok(runtime) = Handle::try_current() else { return };
        let (running, unwanted) = (self.running.clone(), self.unwanted);
        runtime.spawn(async move {
            unwanted(work.await);
            drop(running);
        });
    }
}
