using System.Collections.Frozen;

namespace Locks.Contracts.Catalogue;

/// <summary>
/// Every message that a coordinator takes, with its key, its limits, its field in a batch and its rule for the request id. Client,
/// coordinator and test kit read them here. A command that has no row is refused.
/// </summary>
internal static class CommandCatalogue
{
    /// <summary>The commands that travel in batches, the most frequent first: they are looked for in this order.</summary>
    public static readonly IReadOnlyList<IBatchedCommandType> Batched =
    [
        new BatchedCommandType<AcquireLock>(
            command => command.Acquire,
            (message, requestId) => new LockCommand { RequestId = requestId, Acquire = message },
            message => message.Key,
            message => LockLimits.CheckKey(message.Key)
                ?? LockLimits.CheckAcquireId(message.AcquireId)
                ?? LockLimits.CheckOwner(message.Owner)
                ?? LockLimits.CheckLease(message.Lease)
                ?? LockLimits.CheckWait(message.Wait)
                ?? LockLimits.CheckClientId(message.ClientId)
                ?? (message.LeaseId is { } leaseId ? LockLimits.CheckLeaseId(leaseId) : null),
            acquireId: message => message.AcquireId,
            // An acquire is replied to, because its sender waits for an answer.
            deny: (message, problem) => new LockDenied(message.Key, message.AcquireId, DenyReasons.Invalid, Detail: problem.ToString()),
            // A lock whose token is sent to no one could not be released.
            needsReplyAddress: true),
        new BatchedCommandType<ReleaseLock>(
            command => command.Release,
            (message, requestId) => new LockCommand { RequestId = requestId, Release = message },
            message => message.Key,
            message => LockLimits.CheckKey(message.Key)
                ?? LockLimits.CheckOwnerToken(message.OwnerToken)
                ?? LockLimits.CheckCooldown(message.Cooldown)
                ?? (message.AcquireId is { } acquireId ? LockLimits.CheckAcquireId(acquireId) : null)),
        new BatchedCommandType<RenewLock>(
            command => command.Renew,
            (message, requestId) => new LockCommand { RequestId = requestId, Renew = message },
            message => message.Key,
            message => LockLimits.CheckKey(message.Key)
                ?? LockLimits.CheckOwnerToken(message.OwnerToken)
                ?? LockLimits.CheckLease(message.Lease),
            extendsLease: true),
        new BatchedCommandType<ConfirmGrant>(
            command => command.Confirm,
            (message, requestId) => new LockCommand { RequestId = requestId, Confirm = message },
            message => message.Key,
            message => LockLimits.CheckKey(message.Key) ?? LockLimits.CheckAcquireId(message.AcquireId),
            extendsLease: true),
        new BatchedCommandType<CancelAcquire>(
            command => command.Cancel,
            (message, requestId) => new LockCommand { RequestId = requestId, Cancel = message },
            message => message.Key,
            message => LockLimits.CheckKey(message.Key) ?? LockLimits.CheckAcquireId(message.AcquireId)),
        new BatchedCommandType<RevokeLock>(
            command => command.Revoke,
            (message, requestId) => new LockCommand { RequestId = requestId, Revoke = message },
            message => message.Key,
            message => LockLimits.CheckKey(message.Key)
                ?? LockLimits.CheckRevokeId(message.RevokeId)
                ?? LockLimits.CheckBy(message.By)
                ?? LockLimits.CheckReason(message.Reason)),
        new BatchedCommandType<CancelWaiter>(
            command => command.CancelWaiter,
            (message, requestId) => new LockCommand { RequestId = requestId, CancelWaiter = message },
            message => message.Key,
            message => LockLimits.CheckKey(message.Key)
                ?? LockLimits.CheckAttemptId(message.AttemptId)
                ?? LockLimits.CheckBy(message.By)
                ?? LockLimits.CheckReason(message.Reason)
                ?? LockLimits.CheckDenyReason(message.DenyReason)),
    ];

    /// <summary>The commands about leases, which travel alone.</summary>
    public static readonly IReadOnlyList<CommandType> Lease =
    [
        // A lease of which its sender knows nothing could not be used.
        new LeaseCommandType<GrantLease>(
            message => message.LeaseId,
            message => LockLimits.CheckLeaseId(message.LeaseId)
                ?? LockLimits.CheckTtl(message.Ttl)
                ?? LockLimits.CheckOwner(message.Owner)
                ?? LockLimits.CheckClientId(message.ClientId),
            needsReplyAddress: true),
        new LeaseCommandType<RenewLease>(
            message => message.LeaseId,
            message => LockLimits.CheckLeaseId(message.LeaseId)
                ?? LockLimits.CheckTtl(message.Ttl)
                ?? LockLimits.CheckOwner(message.Owner),
            extendsLease: true),
        new LeaseCommandType<RevokeLease>(
            message => message.LeaseId,
            message => LockLimits.CheckLeaseId(message.LeaseId) ?? LockLimits.CheckOwner(message.Owner)),
        new LeaseCommandType<DescribeLease>(message => message.LeaseId, message => LockLimits.CheckLeaseId(message.LeaseId)),
    ];

    /// <summary>The messages of a coordinator to itself, which travel alone.</summary>
    public static readonly IReadOnlyList<CommandType> Due =
    [
        new LeaseCommandType<LeaseDue>(message => message.LeaseId, message => LockLimits.CheckLeaseId(message.LeaseId)),
        new LockCommandType<LeaseExpired>(message => message.Key, message => LockLimits.CheckKey(message.Key)),
    ];

    /// <summary>The messages about client sessions, which travel alone and to every coordinator.</summary>
    public static readonly IReadOnlyList<CommandType> Session =
    [
        new SessionCommandType<ClientAlive>(
            message => LockLimits.CheckClientId(message.ClientId ?? "") ?? LockLimits.CheckInterval(message.Interval)),
    ];

    /// <summary>The queries, which travel alone and to a queue of their own.</summary>
    public static readonly IReadOnlyList<CommandType> Queries =
    [
        new QueryType<DescribeLock>(message => LockLimits.CheckKey(message.Key)),
        new QueryType<ListLocks>(
            message => LockLimits.CheckPrefix(message.Prefix)
                ?? (message.Owner is { } owner ? LockLimits.CheckOwner(owner) : null)
                ?? LockLimits.CheckState(message.State)
                ?? LockLimits.CheckWaitingLongerThan(message.WaitingLongerThan)
                ?? LockLimits.CheckAfter(message.After)
                ?? LockLimits.CheckLimit(message.Limit)),
        new QueryType<ListLeases>(
            message => (message.After is { } after ? LockLimits.CheckLeaseId(after) : null) ?? LockLimits.CheckLimit(message.Limit)),
        new QueryType<DescribeStatistics>(_ => null),
        new QueryType<DescribeCoordinators>(_ => null),
        new QueryType<DescribeWaitForGraph>(_ => null),
    ];

    private static readonly FrozenDictionary<Type, CommandType> ByType = All.ToFrozenDictionary(type => type.MessageType);

    /// <summary>Every command.</summary>
    public static IEnumerable<CommandType> All => [.. FromClients, .. Due, .. Session, .. Queries];

    /// <summary>The commands that clients send to the coordinator's queue, in batches or alone.</summary>
    public static IEnumerable<CommandType> FromClients => [.. Batched.Cast<CommandType>(), .. Lease];

    /// <summary>The row of a type of command.</summary>
    /// <exception cref="UnknownMessageException">There is none.</exception>
    public static CommandType<T> TypeOf<T>()
        where T : class => (CommandType<T>)TypeOf(typeof(T));

    /// <summary>The row of the command in a batch.</summary>
    /// <exception cref="UnknownMessageException">The command is empty, or of a type that this version does not know.</exception>
    public static IBatchedCommandType TypeOf(LockCommand? command) =>
        Find(command) ?? throw new UnknownMessageException("The command is of a kind that this coordinator does not know.");

    /// <summary>The row of the command in a batch, or <see langword="null"/> where there is none.</summary>
    public static IBatchedCommandType? Find(LockCommand? command)
    {
        if (command is not null)
        {
            foreach (var type in Batched)
            {
                if (type.MessageIn(command) is not null)
                    return type;
            }
        }

        return null;
    }

    /// <summary>The row of a command that travels alone, or was taken out of its field in a batch.</summary>
    /// <exception cref="UnknownMessageException">The message is no command.</exception>
    public static CommandType TypeOfMessage(object message) => TypeOf(message.GetType());

    /// <summary>The key of the lock that a message is about.</summary>
    /// <exception cref="UnknownMessageException">It is about no lock.</exception>
    public static string KeyOf(object message) =>
        TypeOfMessage(message).KeyOf(message) ?? throw new UnknownMessageException($"A {message.GetType().Name} is about no lock.");

    /// <summary>Puts a command into the form that it has in a batch.</summary>
    /// <returns>The form, or <see langword="null"/> for a command that travels alone.</returns>
    /// <exception cref="UnknownMessageException">The message is no command.</exception>
    public static LockCommand? Wrap(object message, Guid? requestId) =>
        (TypeOfMessage(message) as IBatchedCommandType)?.Wrap(message, requestId);

    /// <summary>Checks a batch itself. Each of its commands is checked, and refused, by itself.</summary>
    /// <returns>The first limit that is broken, or <see langword="null"/>.</returns>
    public static ValidationError? Validate(LockCommands batch) =>
        batch.BatchId == Guid.Empty ? new ValidationError("BatchId", "is missing or empty; it must be a new UUID for each batch")
        : !Uri.IsWellFormedUriString(batch.ReplyTo, UriKind.Absolute)
            ? new ValidationError("ReplyTo", "is missing or no address; it must be that of the sender's queue")
        : batch.Commands is not { Count: >= 1 and <= LockLimits.MaxBatch }
            ? new ValidationError("Commands", $"has {batch.Commands?.Count ?? 0} entries; it must have 1 to {LockLimits.MaxBatch}")
        : null;

    private static CommandType TypeOf(Type message) =>
        ByType.GetValueOrDefault(message) ?? throw new UnknownMessageException($"A {message.Name} is no command.");
}
