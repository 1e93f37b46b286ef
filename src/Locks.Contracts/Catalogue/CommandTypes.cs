namespace Locks.Contracts.Catalogue;

/// <summary>A command about one lock that travels alone.</summary>
/// <param name="key">The key of the lock.</param>
/// <param name="validate">Checks the limits; returns the first that is broken.</param>
/// <param name="deny">Makes the reply to a command that breaks a limit. Without it the command fails.</param>
/// <param name="needsReplyAddress">Whether the command is of no use to a sender that cannot be replied to.</param>
/// <param name="extendsLease">Whether the command extends the lease.</param>
internal class LockCommandType<T>(
    Func<T, string> key,
    Func<T, ValidationError?> validate,
    Func<T, ValidationError, object>? deny = null,
    bool needsReplyAddress = false,
    bool extendsLease = false) :
    CommandType<T>(validate, deny, needsReplyAddress, extendsLease)
    where T : class
{
    /// <summary>The key of the lock that a command is about.</summary>
    public string KeyOf(T command) => key(command);

    public override string? KeyOf(object command) => key((T)command);

    public override void Accept(ICommandVisitor visitor) => visitor.VisitLockCommand(this);
}

/// <summary>A command about one shared lease. It travels alone.</summary>
/// <param name="leaseId">The lease.</param>
/// <param name="validate">Checks the limits; returns the first that is broken.</param>
/// <param name="needsReplyAddress">Whether the command is of no use to a sender that cannot be replied to.</param>
/// <param name="extendsLease">Whether the command extends the lease.</param>
internal sealed class LeaseCommandType<T>(
    Func<T, Guid> leaseId, Func<T, ValidationError?> validate, bool needsReplyAddress = false, bool extendsLease = false) :
    CommandType<T>(validate, needsReplyAddress: needsReplyAddress, extendsLease: extendsLease)
    where T : class
{
    /// <summary>The lease that a command is about.</summary>
    public Guid LeaseIdOf(T command) => leaseId(command);

    public override Guid? LeaseIdOf(object command) => leaseId((T)command);

    public override void Accept(ICommandVisitor visitor) => visitor.VisitLeaseCommand(this);
}

/// <summary>A message about one client session. It travels alone, to every coordinator.</summary>
/// <param name="validate">Checks the limits; returns the first that is broken.</param>
internal sealed class SessionCommandType<T>(Func<T, ValidationError?> validate) : CommandType<T>(validate)
    where T : class
{
    public override void Accept(ICommandVisitor visitor) => visitor.VisitSessionCommand(this);
}

/// <summary>A question about locks, leases or coordinators. It travels alone, to a queue of its own, and decides nothing.</summary>
/// <param name="validate">Checks the limits; returns the first that is broken.</param>
internal sealed class QueryType<T>(Func<T, ValidationError?> validate) : CommandType<T>(validate, needsReplyAddress: true)
    where T : class
{
    public override string QueueOf(string queueName) => LockPartitions.QueriesNameOf(queueName);

    public override void Accept(ICommandVisitor visitor) => visitor.VisitQuery(this);
}

/// <summary>Does something for every command of a catalogue, with the type of its message at hand.</summary>
internal interface ICommandVisitor
{
    void VisitLockCommand<T>(LockCommandType<T> type)
        where T : class;

    void VisitLeaseCommand<T>(LeaseCommandType<T> type)
        where T : class;

    void VisitSessionCommand<T>(SessionCommandType<T> type)
        where T : class;

    void VisitQuery<T>(QueryType<T> type)
        where T : class;
}
