using Locks.Contracts;

namespace Locks.Client.Requests;

/// <summary>A command that is to be sent, perhaps several times.</summary>
/// <param name="command">The command.</param>
/// <param name="lockId">The lock that it is about.</param>
/// <param name="until">Until when it is worth being sent.</param>
/// <param name="request">The request that it belongs to, when it is answered.</param>
internal sealed class OutgoingCommand(LockCommand command, Guid lockId, Deadline until, PendingRequest? request)
{
    private int _isPosted;

    public LockCommand Command => command;

    public Guid LockId => lockId;

    public Deadline Until => until;

    /// <summary>Whether nobody is interested any more.</summary>
    public bool IsOver => until.HasPassed || request is { IsAnswered: true } or { IsClosed: true };

    /// <summary>Roughly how many bytes it takes in a batch.</summary>
    public int Size { get; } = 300 + (3 * LockCommandOf.KeyOf(command).Length);

    /// <summary>Says that it waits to be sent; not if it does already.</summary>
    public bool TryPost() => Interlocked.Exchange(ref _isPosted, 1) == 0;

    /// <summary>It has left, and may be sent again.</summary>
    public void Taken() => Volatile.Write(ref _isPosted, 0);
}
