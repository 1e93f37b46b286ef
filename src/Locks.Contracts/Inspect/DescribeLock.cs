namespace Locks.Contracts;

/// <summary>
/// Asks what is known about one lock. A query: it changes nothing, and slows no grant. Answered with <see cref="LockDescription"/>, to the
/// response address, so that <c>IRequestClient&lt;DescribeLock&gt;</c> is all a caller needs.
/// </summary>
/// <param name="Key">The lock's key: 1 to 512 UTF-8 bytes.</param>
public sealed record DescribeLock(string Key);
