namespace Locks.Client.Core.Tokens;

/// <summary>A lock that was granted to an owner token. Its text does not show the token.</summary>
/// <param name="OwnerToken">The secret that renews and releases the lock.</param>
/// <param name="FencingToken">The grant's number.</param>
/// <param name="Lease">How long the lock is held unless it is renewed, at least, from when it was granted.</param>
internal sealed record TokenGrant(string OwnerToken, long FencingToken, TimeSpan Lease)
{
    public override string ToString() => $"{nameof(TokenGrant)} {{ FencingToken = {FencingToken}, Lease = {Lease} }}";
}
