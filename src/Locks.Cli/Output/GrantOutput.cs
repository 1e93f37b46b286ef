namespace Locks.Cli.Output;

/// <summary>What <c>locks acquire --json</c> writes.</summary>
/// <param name="Key">The lock.</param>
/// <param name="Owner">Its owner.</param>
/// <param name="OwnerToken">The secret that renews and releases it; absent where it went to a file.</param>
/// <param name="FencingToken">The grant's number.</param>
/// <param name="Lease">How long it is held unless it is renewed.</param>
internal sealed record GrantOutput(string Key, string Owner, string? OwnerToken, long FencingToken, TimeSpan Lease);
