namespace Locks.Contracts;

/// <summary>
/// Confirms that a caller that waited in the queue has received its grant: the full lease starts. Not answered; a caller that
/// wants to know that it arrived sends <see cref="RenewLock"/>, which confirms too.
/// </summary>
/// <param name="Key">The lock's key.</param>
/// <param name="AcquireId">The attempt that was granted.</param>
/// <param name="FencingToken">The grant's fencing token.</param>
public sealed record ConfirmGrant(string Key, Guid AcquireId, long FencingToken)
{
    /// <summary>Describes the message without its secret.</summary>
    public override string ToString() =>
        $"{nameof(ConfirmGrant)} {{ Key = {Key}, AttemptId = {AttemptId.Of(AcquireId)}, FencingToken = {FencingToken} }}";
}
