namespace Locks.Contracts;

/// <summary>
/// Asks for a lock. Answered with <see cref="LockAcquired"/> or <see cref="LockDenied"/>, sent to the response address with the
/// request id, so that <c>IRequestClient&lt;AcquireLock&gt;</c> is all a caller needs.
/// </summary>
/// <param name="Key">What is locked: 1 to 512 UTF-8 bytes, compared ordinally, any text without U+0000.</param>
/// <param name="AcquireId">
/// The name of this attempt, chosen by the caller. Repeating a request with the same id gets the same answer; a new attempt needs a
/// new id (<see cref="Guid.CreateVersion7()"/> is a good one). It is a secret, as the owner token is, which a sender that repeats the
/// request is told: choose it at random, send it only to coordinators, and never log it. <see cref="AttemptId.Of"/> makes an id of it that
/// others may see.
/// </param>
/// <param name="Owner">
/// The requester, in words that an on-call engineer understands: 1 to 256 UTF-8 bytes. Shown to others, not a secret.
/// </param>
/// <param name="Lease">
/// How long the lock is held unless it is renewed: 100 ms to 24 h. Count it from before the first copy of this message was sent.
/// </param>
/// <param name="Wait">
/// How long to wait in the queue when the lock is taken: 1 ms to 24 h. <see langword="null"/> (the default) answers <c>Busy</c> at once.
/// A caller that waited must confirm the grant within the coordinator's confirmation window (default 10 s), with
/// <see cref="ConfirmGrant"/> or <see cref="RenewLock"/>.
/// </param>
/// <param name="LeaseId">A shared lease that the lock should live and die with, instead of having one of its own.</param>
/// <param name="ClientId">
/// The client's session: 1 to 128 UTF-8 bytes. A client that names it is notified when it loses the lock (<see cref="LockLost"/>), and has
/// to send <see cref="ClientAlive"/> while it waits in the queue, or counts as dead.
/// </param>
/// <param name="NotifyQueued">Whether to send <see cref="LockQueued"/> when the attempt has to wait in the queue. Default: no.</param>
/// <param name="MayJoinCohort">
/// Whether this attempt, when it waits in the queue, may be granted together with attempts of the same session right before or behind it
/// (see <see cref="LockAcquired.Cohort"/>). Needs <paramref name="ClientId"/>, and a request id that is the <paramref name="AcquireId"/>.
/// Default: no, it is granted alone.
/// </param>
/// <param name="TraceParent">
/// The span that the attempt belongs to, in the form of W3C Trace Context's <c>traceparent</c>, where it is sampled: the coordinator's spans
/// about the attempt become its children. It decides nothing, and one that can't be read counts as absent.
/// </param>
/// <param name="TraceState">What goes with it: W3C Trace Context's <c>tracestate</c>.</param>
public sealed record AcquireLock(
    string Key,
    Guid AcquireId,
    string Owner,
    TimeSpan Lease,
    TimeSpan? Wait = null,
    Guid? LeaseId = null,
    string? ClientId = null,
    bool NotifyQueued = false,
    bool MayJoinCohort = false,
    string? TraceParent = null,
    string? TraceState = null)
{
    /// <summary>Describes the message without its secret.</summary>
    public override string ToString() =>
        $"{nameof(AcquireLock)} {{ Key = {Key}, AttemptId = {AttemptId.Of(AcquireId)}, Owner = {Owner}, Lease = {Lease}, Wait = {Wait} }}";
}
