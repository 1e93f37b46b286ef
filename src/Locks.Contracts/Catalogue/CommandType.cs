namespace Locks.Contracts.Catalogue;

/// <summary>
/// A row of <see cref="CommandCatalogue"/>: what client, coordinator and test kit have to know about one type of command.
/// </summary>
internal abstract class CommandType
{
    /// <summary>The message's type.</summary>
    public abstract Type MessageType { get; }

    /// <summary>The command's name, as faults, refusals and logs give it.</summary>
    public string Name => MessageType.Name;

    /// <summary>The key of the lock that a command is about, or <see langword="null"/> where it is about none.</summary>
    public virtual string? KeyOf(object command) => null;

    /// <summary>The shared lease that a command is about, or <see langword="null"/> where it is about none.</summary>
    public virtual Guid? LeaseIdOf(object command) => null;

    /// <summary>The queue that a command is sent to when it travels alone.</summary>
    /// <param name="queueName">The common queue's name.</param>
    public virtual string QueueOf(string queueName) => queueName;

    /// <summary>Whether the command extends the lease of a lock, or a shared lease.</summary>
    public abstract bool ExtendsLease { get; }

    /// <summary>Calls the visitor's method for this kind of command, with the type of the message.</summary>
    public abstract void Accept(ICommandVisitor visitor);
}

/// <summary>A command and its limits.</summary>
/// <param name="validate">Checks the limits; returns the first that is broken.</param>
/// <param name="deny">Makes the reply to a command that breaks a limit. Without it the command fails.</param>
/// <param name="needsReplyAddress">Whether the command is of no use to a sender that cannot be replied to.</param>
/// <param name="extendsLease">Whether the command extends the lease of a lock, or a shared lease.</param>
internal abstract class CommandType<T>(
    Func<T, ValidationError?> validate,
    Func<T, ValidationError, object>? deny = null,
    bool needsReplyAddress = false,
    bool extendsLease = false) : CommandType
    where T : class
{
    public override Type MessageType => typeof(T);

    public override bool ExtendsLease => extendsLease;

    /// <summary>Whether the command is of no use to a sender that cannot be replied to.</summary>
    public bool NeedsReplyAddress => needsReplyAddress;

    /// <summary>Checks the limits.</summary>
    /// <returns>The first limit that is broken, or <see langword="null"/>.</returns>
    public ValidationError? Validate(T command) => validate(command);

    /// <summary>The reply that denies a command that breaks a limit, or <see langword="null"/> where such a command fails.</summary>
    public object? DenialOf(T command, ValidationError problem) => deny?.Invoke(command, problem);
}
