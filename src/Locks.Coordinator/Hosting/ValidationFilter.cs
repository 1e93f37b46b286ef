using Locks.Contracts;
using Locks.Contracts.Catalogue;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Pipeline;
using MassTransit;

namespace Locks.Coordinator.Hosting;

/// <summary>
/// Stops messages that break a limit before they reach a state machine. An acquire is denied with a reply, because its sender waits for
/// one. Every other message fails: MassTransit reports a fault to the sender and moves the message to the error queue.
/// </summary>
internal sealed class ValidationFilter<T> : IFilter<ConsumeContext<T>>
    where T : class
{
    private const string Name = "validation";

    private readonly Func<T, ValidationError?> _validate;
    private readonly CommandType<T>? _type;

    /// <summary>Validates a command by its row in the catalogue.</summary>
    public ValidationFilter(CommandType<T> type)
        : this(type.Validate)
    {
        _type = type;
    }

    /// <summary>Validates a message that is no command itself.</summary>
    public ValidationFilter(Func<T, ValidationError?> validate) => _validate = validate;

    public Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
    {
        if (_validate(context.Message) is { } problem)
            return context.ResponseAddress is { } address && _type?.DenialOf(context.Message, problem) is { } denial
                ? DenyAsync(context, new ReplyTo(address, context.RequestId), denial)
                : FailAsync(context, problem);

        return _type is { NeedsReplyAddress: true } && context.ResponseAddress is null
            ? FailAsync(context, new ValidationError("ResponseAddress", "is missing; send the request from a request client or set it"))
            : next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope(Name);

    private static async Task DenyAsync(ConsumeContext<T> context, ReplyTo sender, object denial)
    {
        await Reply.SendAsync(context, sender, denial).ConfigureAwait(false);
        // Otherwise MassTransit takes the message for one that has no consumer, and moves it to the skipped queue.
        await context.NotifyConsumed(TimeSpan.Zero, Name).ConfigureAwait(false);
    }

    private static async Task FailAsync(ConsumeContext<T> context, ValidationError problem)
    {
        var exception = new InvalidCommandException(typeof(T).Name, problem);
        // Sends the fault to the sender. Without it, what fails ahead of a consumer is reported to no address in particular.
        await context.NotifyFaulted(TimeSpan.Zero, Name, exception).ConfigureAwait(false);
        throw exception;
    }
}
