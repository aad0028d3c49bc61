use std::time::Duration;

/// Bytes of a body or answer that need no permit of their own.
pub(super) const SMALL_BYTES: usize = 256 * 1_024;
/// Header fields of a request.
pub(super) const HEADER_FIELDS: usize = 64;
/// Bytes of a request's header fields, and of its target.
pub(super) const HEADER_BYTES: usize = 16 * 1_024;
/// What the server reads before it gives up without a problem: above the two limits before, so
/// that a request not far beyond them is answered with one.
pub(super) const HEAD_BYTES: usize = 40 * 1_024;
/// Bytes the server buffers for a connection, each way.
pub(super) const BUFFER_BYTES: usize = 64 * 1_024;

/// How much a gateway does at once, and how long it waits for a client (specs/gateway.md §6).
///
/// What these allow bounds the memory a gateway can be made to use: about `connections` times
/// 256 KiB, and 24 MiB and 8 MiB for each large body and large answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayLimits {
    /// Open connections. When all are taken, the one that has waited longest without a request
    /// gives way to a new one.
    pub connections: usize,
    /// Questions worked on at once.
    pub questions: usize,
    /// Submissions and drafts worked on at once, those that wait for publication included.
    pub submissions: usize,
    /// Bodies above 256 KiB received at once.
    pub large_bodies: usize,
    /// Answers above 256 KiB sent at once.
    pub large_answers: usize,
    /// Streams of changes at once.
    pub streams: usize,
    /// For the header of a request, and between two requests of a connection.
    pub header_time: Duration,
    /// For the content of a request.
    pub content_time: Duration,
    /// For making an answer; publication that was asked to be waited for comes on top.
    pub answer_time: Duration,
    /// For sending a large answer.
    pub send_time: Duration,
    /// For a client that takes nothing of an answer.
    pub stall_time: Duration,
    /// For a stream of changes; whoever wants more asks again.
    pub stream_time: Duration,
    /// Between two signs of life in a stream of changes that has nothing to tell.
    pub beat: Duration,
    /// For requests under way when the gateway stops.
    pub drain_time: Duration,
}

impl Default for GatewayLimits {
    fn default() -> Self {
        Self {
            connections: 1_024,
            questions: 256,
            submissions: 128,
            large_bodies: 4,
            large_answers: 16,
            streams: 64,
            header_time: Duration::from_secs(5),
            content_time: Duration::from_secs(30),
            answer_time: Duration::from_secs(15),
            send_time: Duration::from_secs(60),
            stall_time: Duration::from_secs(15),
            stream_time: Duration::from_secs(3_600),
            beat: Duration::from_secs(15),
            drain_time: Duration::from_secs(10),
        }
    }
}
