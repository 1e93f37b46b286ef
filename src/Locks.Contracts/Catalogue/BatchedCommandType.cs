namespace Locks.Contracts.Catalogue;

/// <summary>A command about one lock that travels in a batch, in a field of <see cref="LockCommand"/> of its own.</summary>
internal interface IBatchedCommandType
{
    /// <summary>The message's type.</summary>
    Type MessageType { get; }

    /// <summary>The message in the command's field, or <see langword="null"/> where the command is of another type.</summary>
    object? MessageIn(LockCommand command);

    /// <summary>The key of the lock, or <see langword="null"/> where the command is of another type.</summary>
    string? KeyIn(LockCommand command);

    /// <summary>The id that the reply to the command names, or <see langword="null"/> where it is not replied to.</summary>
    Guid? RequestIdOf(LockCommand command);

    /// <summary>Puts a message into its field.</summary>
    LockCommand Wrap(object message, Guid? requestId);

    /// <summary>Takes a command of this type out of its field, and gives it to the visitor.</summary>
    void Accept(IBatchedCommandVisitor visitor, LockCommand command);
}

/// <inheritdoc cref="IBatchedCommandType"/>
/// <param name="field">Reads the command's field.</param>
/// <param name="wrap">Sets the command's field and the request id.</param>
/// <param name="key">The key of the lock.</param>
/// <param name="validate">Checks the limits; returns the first that is broken.</param>
/// <param name="acquireId">The attempt that is the request's id where no other is given.</param>
/// <param name="deny">Makes the reply to a command that breaks a limit. Without it the command fails.</param>
/// <param name="needsReplyAddress">Whether the command is of no use to a sender that cannot be replied to.</param>
/// <param name="extendsLease">Whether the command extends the lock's lease.</param>
internal sealed class BatchedCommandType<T>(
    Func<LockCommand, T?> field,
    Func<T, Guid?, LockCommand> wrap,
    Func<T, string> key,
    Func<T, ValidationError?> validate,
    Func<T, Guid>? acquireId = null,
    Func<T, ValidationError, object>? deny = null,
    bool needsReplyAddress = false,
    bool extendsLease = false) :
    LockCommandType<T>(key, validate, deny, needsReplyAddress, extendsLease), IBatchedCommandType
    where T : class
{
    /// <summary>What a client is replied to that sent a command which breaks a limit.</summary>
    public object RefusalOf(T message, ValidationError problem) =>
        DenialOf(message, problem) ?? new CommandFailed(Name, problem.ToString());

    public object? MessageIn(LockCommand command) => field(command);

    public string? KeyIn(LockCommand command) => field(command) is { } message ? KeyOf(message) : null;

    public Guid? RequestIdOf(LockCommand command) => RequestIdRule.Restore(command.RequestId, field(command), acquireId);

    public LockCommand Wrap(object message, Guid? requestId) =>
        wrap((T)message, RequestIdRule.Shorten(requestId, (T)message, acquireId));

    public void Accept(IBatchedCommandVisitor visitor, LockCommand command) => visitor.Visit(this, field(command)!, RequestIdOf(command));
}

/// <summary>Takes the commands of a batch, each with the type of its message.</summary>
internal interface IBatchedCommandVisitor
{
    /// <param name="type">The command's row.</param>
    /// <param name="message">The command.</param>
    /// <param name="requestId">The id that the reply names, or <see langword="null"/> where there is none.</param>
    void Visit<T>(BatchedCommandType<T> type, T message, Guid? requestId)
        where T : class;
}
