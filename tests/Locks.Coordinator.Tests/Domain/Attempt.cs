using Locks.Contracts;
using Locks.Coordinator.Domain;

namespace Locks.Coordinator.Tests.Domain;

/// <summary>An owner that wants the lock, and the requests that it can send. All of it follows from the name.</summary>
internal sealed record Attempt(string Name)
{
    public static readonly Attempt A = new("a");
    public static readonly Attempt B = new("b");
    public static readonly Attempt C = new("c");
    public static readonly Attempt D = new("d");

    public Guid Id { get; init; } = LockKey.ToId(Name);

    public string Owner => $"owner {Name}";

    public OwnerToken Token { get; init; } = new($"token of {Name}");

    public ReplyTo ReplyTo { get; init; } = new(new Uri($"loopback://localhost/{Name}"), LockKey.ToId($"request of {Name}"));

    /// <summary>Asks without waiting.</summary>
    public LockRequest.Acquire Try(double lease = 30) =>
        new(Id, $"owner {Name}", TimeSpan.FromSeconds(lease), Wait: null, $"client {Name}", NotifyQueued: false, Token, ReplyTo);

    /// <summary>A request that may be queued.</summary>
    public LockRequest.Acquire Wait(double seconds = 60, double lease = 30) => Try(lease) with { Wait = TimeSpan.FromSeconds(seconds) };

    public LockRequest.Cancel Cancel() => new(Id);

    public LockRequest.Confirm Confirm(long fence) => new(Id, fence);

    public LockRequest.Renew Renew(double lease = 30) => new(Token, TimeSpan.FromSeconds(lease), ReplyTo);

    public LockRequest.Release Release() => new(Token, ReplyTo);

    /// <summary>Releases the lock, with a cooldown of so many seconds.</summary>
    public LockRequest.Release Release(double cooldown) => new(Token, ReplyTo, TimeSpan.FromSeconds(cooldown));

    /// <summary>Takes the lock from its holder, or from one grant.</summary>
    public LockRequest.Revoke Revoke(long? fence = null) => new(LockKey.ToId($"revocation by {Name}"), $"operator {Name}", fence, ReplyTo);
}
