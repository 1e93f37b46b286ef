using MassTransit;
using MassTransit.Context;
using MassTransit.Serialization;

namespace Locks.Client.ConsumeFilter;

/// <summary>
/// The consume context of the guarded part of the pipeline: the lock is a payload, the cancellation token fires when the lock is lost, and
/// headers carry its key and fencing token. MassTransit copies the headers of a consumer's context to every message that is sent through
/// it.
/// </summary>
internal sealed class GuardedConsumeContext<TMessage> : ConsumeContextScope<TMessage>
    where TMessage : class
{
    private readonly ConsumeContext<TMessage> _context;
    private readonly ILockHandle _lock;

    public GuardedConsumeContext(ConsumeContext<TMessage> context, ILockHandle handle, CancellationToken cancellationToken)
        : base(context, handle)
    {
        _context = context;
        _lock = handle;
        CancellationToken = cancellationToken;
        Headers = new ReadOnlyDictionaryHeaders(SerializerContext, WithLock(context.Headers));

        // A scheduler sends through the context that it was created for.
        if (context.TryGetPayload(out MessageSchedulerContext? scheduler))
            AddOrUpdatePayload<MessageSchedulerContext>(
                () => new ConsumeMessageSchedulerContext(this, scheduler.SchedulerFactory),
                known => new ConsumeMessageSchedulerContext(this, known.SchedulerFactory));
    }

    public override CancellationToken CancellationToken { get; }

    public override Headers Headers { get; }

    /// <summary>Whether MassTransit was notified of a fault.</summary>
    public bool IsFaultReported { get; private set; }

    /// <summary>
    /// Whether the loss of the lock ended the consumer. MassTransit takes an exception of a cancelled token for a part of its own shutdown,
    /// which it neither reports nor retries.
    /// </summary>
    public bool WasEndedByLoss(Exception exception) =>
        _lock.Lost.IsCancellationRequested && !_context.CancellationToken.IsCancellationRequested && IsCancellation(exception);

    public override Task NotifyFaulted<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
    {
        IsFaultReported = true;
        if (WasEndedByLoss(exception))
            exception = new LockLostException(_lock.Key, _lock.Loss);

        // The fault is reported from outside the guard, where the token has not fired.
        var reporting = _lock.Lost.IsCancellationRequested && _context is ConsumeContext<T> outside ? outside : context;
        return base.NotifyFaulted(reporting, duration, consumerType, exception);
    }

    private Dictionary<string, object> WithLock(Headers received)
    {
        var headers = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in received.GetAll())
            headers[name] = value;
        headers[LockHeaders.Key] = _lock.Key;
        headers[LockHeaders.FencingToken] = _lock.FencingToken;
        return headers;
    }

    private static bool IsCancellation(Exception exception) =>
        exception is ConsumerCanceledException || exception.GetBaseException() is OperationCanceledException;
}
