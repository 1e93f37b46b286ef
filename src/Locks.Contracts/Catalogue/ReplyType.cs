namespace Locks.Contracts.Catalogue;

/// <summary>A row of <see cref="ReplyCatalogue"/>: what client, coordinator and test kit have to know about one type of reply.</summary>
internal abstract class ReplyType
{
    /// <summary>The message's type.</summary>
    public abstract Type MessageType { get; }
}

/// <summary>A reply that travels in a batch, in a field of <see cref="LockReply"/> of its own.</summary>
internal abstract class BatchedReplyType : ReplyType
{
    /// <summary>The message in the reply's field, or <see langword="null"/> where the reply is of another type.</summary>
    public abstract object? MessageIn(LockReply reply);

    /// <summary>The id of the request that is answered.</summary>
    public abstract Guid? RequestIdOf(LockReply reply);

    /// <summary>Puts a message into its field.</summary>
    public abstract LockReply Wrap(object message, Guid? requestId);
}

/// <inheritdoc/>
/// <param name="field">Reads the reply's field.</param>
/// <param name="wrap">Sets the reply's field and the request id.</param>
/// <param name="acquireId">The attempt that is the request's id where no other is given.</param>
internal sealed class BatchedReplyType<T>(Func<LockReply, T?> field, Func<T, Guid?, LockReply> wrap, Func<T, Guid>? acquireId = null) :
    BatchedReplyType
    where T : class
{
    public override Type MessageType => typeof(T);

    public override object? MessageIn(LockReply reply) => field(reply);

    public override Guid? RequestIdOf(LockReply reply) => RequestIdRule.Restore(reply.RequestId, field(reply), acquireId);

    public override LockReply Wrap(object message, Guid? requestId) =>
        wrap((T)message, RequestIdRule.Shorten(requestId, (T)message, acquireId));
}

/// <summary>A reply that travels alone.</summary>
internal abstract class SingleReplyType : ReplyType
{
    /// <summary>Calls the visitor with the type of the message.</summary>
    public abstract void Accept(ISingleReplyVisitor visitor);
}

/// <inheritdoc/>
internal sealed class SingleReplyType<T> : SingleReplyType
    where T : class
{
    public override Type MessageType => typeof(T);

    public override void Accept(ISingleReplyVisitor visitor) => visitor.Visit<T>();
}

/// <summary>Does something for every reply that travels alone, with the type of its message at hand.</summary>
internal interface ISingleReplyVisitor
{
    void Visit<T>()
        where T : class;
}
