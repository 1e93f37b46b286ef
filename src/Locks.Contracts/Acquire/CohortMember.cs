namespace Locks.Contracts;

/// <summary>An attempt that was granted together with those before it, and holds the lock after them.</summary>
/// <param name="AcquireId">The attempt.</param>
/// <param name="FencingToken">Its own fencing token, higher than that of every member before it.</param>
public sealed record CohortMember(Guid AcquireId, long FencingToken)
{
    /// <summary>Describes the member without its secret.</summary>
    public override string ToString() =>
        $"{nameof(CohortMember)} {{ AttemptId = {AttemptId.Of(AcquireId)}, FencingToken = {FencingToken} }}";
}
