using System.Collections.Concurrent;
using Locks.TestKit;
using MassTransit;

namespace Locks.Client.Tests.ConsumeFilter;

public sealed record CapturePayment(string PaymentId);

public sealed record PaymentCaptured(string PaymentId);

/// <summary>Records what became of the payments of one test.</summary>
internal sealed class Payments
{
    private readonly ConcurrentQueue<string> _captured = new();
    private readonly ConcurrentQueue<ConsumeContext<PaymentCaptured>> _published = new();
    private readonly ConcurrentQueue<Fault<CapturePayment>> _faults = new();
    private readonly ConcurrentQueue<string> _strays = new();

    /// <summary>What the consumer does with a message.</summary>
    public Func<ConsumeContext<CapturePayment>, Task> OnCapture { get; set; } = _ => Task.CompletedTask;

    /// <summary>The payments that the consumer received, in order.</summary>
    public IReadOnlyCollection<string> Captured => _captured;

    /// <summary>The messages that the consumer sent, as they arrived.</summary>
    public IReadOnlyCollection<ConsumeContext<PaymentCaptured>> Published => _published;

    public IReadOnlyCollection<Fault<CapturePayment>> Faults => _faults;

    /// <summary>The messages that MassTransit moved to the queues of skipped and of failed messages.</summary>
    public IReadOnlyCollection<string> Strays => _strays;

    public Task AreCapturedAsync(int count) => Eventually.HoldsAsync(() => Captured.Count >= count, what: $"{count} captured");

    /// <summary>The one fault that is reported, and the type of its exception.</summary>
    public async Task<(string Exception, string Message)> FaultAsync()
    {
        await Eventually.HoldsAsync(() => Faults.Count > 0);
        var exception = Faults.Single().Exceptions[0];
        return (exception.ExceptionType[(exception.ExceptionType.LastIndexOf('.') + 1)..], exception.Message);
    }

    public async Task CaptureAsync(ConsumeContext<CapturePayment> context)
    {
        _captured.Enqueue(context.Message.PaymentId);
        await OnCapture(context);
    }

    public void Record(ConsumeContext<PaymentCaptured> context) => _published.Enqueue(context);

    public void Record(Fault<CapturePayment> fault) => _faults.Enqueue(fault);

    public void RecordStray(string stray) => _strays.Enqueue(stray);
}

/// <summary>Captures payments.</summary>
internal sealed class PaymentConsumer(Payments payments) : IConsumer<CapturePayment>
{
    public Task Consume(ConsumeContext<CapturePayment> context) => payments.CaptureAsync(context);
}

/// <summary>Records the messages that the consumer sends, and its faults.</summary>
internal sealed class PaymentObserver(Payments payments) : IConsumer<PaymentCaptured>, IConsumer<Fault<CapturePayment>>
{
    public Task Consume(ConsumeContext<PaymentCaptured> context)
    {
        payments.Record(context);
        return Task.CompletedTask;
    }

    public Task Consume(ConsumeContext<Fault<CapturePayment>> context)
    {
        payments.Record(context.Message);
        return Task.CompletedTask;
    }
}

/// <summary>Records the messages in the queue of skipped messages.</summary>
internal sealed class SkippedQueueConsumer(Payments payments) : IConsumer<CapturePayment>
{
    public Task Consume(ConsumeContext<CapturePayment> context)
    {
        payments.RecordStray($"skipped {context.Message.PaymentId}");
        return Task.CompletedTask;
    }
}

/// <summary>Records the messages in the queue of failed messages.</summary>
internal sealed class ErrorQueueConsumer(Payments payments) : IConsumer<CapturePayment>
{
    public Task Consume(ConsumeContext<CapturePayment> context)
    {
        payments.RecordStray($"failed {context.Message.PaymentId}");
        return Task.CompletedTask;
    }
}
