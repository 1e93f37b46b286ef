using System.Globalization;

namespace Locks.Client;

/// <summary>Who holds a busy lock, as the coordinator told last, or as this client knows by itself.</summary>
/// <param name="Owner">The holder's owner, for people to read.</param>
/// <param name="HeldSince">Since when it holds the lock, by this machine's clock; absent where the coordinator does not tell.</param>
/// <param name="Waiters">How many callers waited for the lock then; absent where the coordinator does not tell.</param>
/// <param name="Place">Where the holder is, as seen from the caller.</param>
public sealed record LockHolder(
    string Owner, DateTimeOffset? HeldSince = null, int? Waiters = null, LockHolderPlace Place = LockHolderPlace.NotThisClient)
{
    /// <summary>A sentence for messages and logs.</summary>
    public override string ToString()
    {
        var since = HeldSince is { } moment
            ? $" since {moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)}"
            : "";
        var waiters = Waiters switch
        {
            null => "",
            0 => "; no caller waits for it",
            1 => "; 1 caller waits for it",
            { } count => string.Create(CultureInfo.InvariantCulture, $"; {count} callers wait for it"),
        };
        var place = Place switch
        {
            LockHolderPlace.ThisFlow =>
                " This flow of control holds it itself, and locks are not reentrant: pass the handle on, or release it first.",
            LockHolderPlace.ThisClient => " This process holds it itself, and locks are not reentrant.",
            _ => "",
        };
        return $"It is held by '{Owner}'{since}{waiters}.{place}";
    }
}

/// <summary>Where the holder of a busy lock is, as seen from the caller that did not get the lock.</summary>
public enum LockHolderPlace
{
    /// <summary>Another process holds the lock, or another client in this one.</summary>
    NotThisClient = 0,

    /// <summary>Another flow of control of this client holds the lock.</summary>
    ThisClient = 1,

    /// <summary>
    /// The caller's own flow of control holds the lock: what it calls, and the tasks that it starts, would wait for themselves.
    /// </summary>
    ThisFlow = 2,
}
