using System.Text;
using System.Text.Unicode;

namespace Locks.Coordinator.Domain;

/// <summary>One attempt that is over.</summary>
/// <param name="AcquireId">The attempt, or the revocation.</param>
/// <param name="Ending">How it ended.</param>
/// <param name="At">When it ended.</param>
/// <param name="Owner">
/// The owner that the attempt named, or who a revocation was by, for people to read. Absent when it is not known: a cancellation came
/// before its request, or a version that does not keep owners stored the attempt.
/// </param>
/// <param name="Grant">
/// The grant that the attempt had. Absent when it had none, or a version that does not keep it stored the attempt.
/// </param>
internal sealed record EndedAttempt(
    Guid AcquireId, Ending Ending, DateTimeOffset At, string? Owner = null, EndedGrant? Grant = null)
{
    /// <summary>
    /// The longest owner that is kept, in UTF-8 bytes; the end of a longer one is cut. It is stored with every lock, up to sixteen times,
    /// and PostgreSQL moves what makes a row longer than 2 kB out of it, which costs a second write.
    /// </summary>
    public const int MaxOwnerBytes = 64;

    private const string Ellipsis = "…";
    private const int EllipsisBytes = 3, MaxUtf8BytesOfAChar = 3;

    /// <inheritdoc cref="EndedAttempt" path="/param[@name='Owner']"/>
    public string? Owner { get; } = Shorten(Owner);

    /// <summary>Whether the attempt was denied by the coordinator, rather than having held the lock or been taken back.</summary>
    public bool WasTurnedAway =>
        Ending is Ending.Busy or Ending.QueueFull or Ending.WaitTimedOut or Ending.LeaseNotFound or Ending.Silent
            or Ending.CancelledByOperator or Ending.Deadlock;

    private static string? Shorten(string? owner)
    {
        if (owner is null || owner.Length * MaxUtf8BytesOfAChar <= MaxOwnerBytes || Encoding.UTF8.GetByteCount(owner) <= MaxOwnerBytes)
            return owner;

        Span<byte> kept = stackalloc byte[MaxOwnerBytes - EllipsisBytes];
        Utf8.FromUtf16(owner, kept, out var length, out _);
        return string.Concat(owner.AsSpan(0, length), Ellipsis);
    }
}

/// <summary>The grant that an attempt had which is over.</summary>
/// <param name="FencingToken">Its fencing token; that of a cohort's member is its own.</param>
/// <param name="GrantedAt">When it was decided; that of a cohort's member is its cohort's.</param>
internal readonly record struct EndedGrant(long FencingToken, DateTimeOffset GrantedAt);
