using Locks.Coordinator.Pipeline;
using Locks.Contracts;
using Locks.Coordinator.Domain;
using MassTransit;

namespace Locks.Coordinator.Hosting;

/// <summary>
/// Stops messages that break a limit at the door. An acquire is answered, because its sender waits for an answer; everything else fails,
/// which MassTransit reports to the sender as a fault and keeps in the error queue.
/// </summary>
internal sealed class ValidationFilter<T>(Func<T, ValidationError?> check) : IFilter<ConsumeContext<T>>
    where T : class
{
    private const string Name = "refuseBadInput";

    public Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
    {
        if (check(context.Message) is { } problem)
            return context.Message is AcquireLock bad && context.ResponseAddress is not null
                ? DenyAsync(context, bad, problem)
                : FailAsync(context, problem);

        // Nobody could ever release a lock whose token is sent to nobody, nor live by a lease that it knows nothing of.
        return context.Message is AcquireLock or GrantLease && context.ResponseAddress is null
            ? FailAsync(context, new ValidationError("ResponseAddress", "is missing; send the request from a request client or set it"))
            : next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope(Name);

    private static async Task DenyAsync(ConsumeContext<T> context, AcquireLock message, ValidationError problem)
    {
        var asker = new ReplyTo(context.ResponseAddress!, context.RequestId);
        await Reply
            .SendAsync(context, asker, new LockDenied(message.Key, message.AcquireId, DenyReasons.Invalid, Detail: problem.ToString()))
            .ConfigureAwait(false);
        // Otherwise MassTransit takes the message for one that nobody wanted, and keeps it in the queue of those.
        await context.NotifyConsumed(TimeSpan.Zero, Name).ConfigureAwait(false);
    }

    private static async Task FailAsync(ConsumeContext<T> context, ValidationError problem)
    {
        var exception = new InvalidCommandException(typeof(T).Name, problem);
        // Sends the fault to who asked; what fails ahead of a consumer is otherwise reported to nobody in particular.
        await context.NotifyFaulted(TimeSpan.Zero, Name, exception).ConfigureAwait(false);
        throw exception;
    }
}
