using Locks.Client;
using MassTransit;
using PaymentCapture.Records;

namespace PaymentCapture.Payments;

/// <summary>
/// Looks whether a payment was captured, and captures it if not: correct for one message at a time, and wrong for two, since both may look
/// before either captures. Here a real one would call the bank; the pause stands for that call.
/// </summary>
internal sealed class CaptureConsumer(ICaptures captures, Tally tally, TimeProvider time) : IConsumer<CapturePayment>
{
    private static readonly TimeSpan CallToTheBank = TimeSpan.FromMilliseconds(2);

    public async Task Consume(ConsumeContext<CapturePayment> context)
    {
        var (run, payment) = context.Message;
        if (await captures.ExistsAsync(run, payment, context.CancellationToken))
        {
            tally.CountFound();
            return;
        }

        await Task.Delay(CallToTheBank, time, context.CancellationToken);
        var fence = context.TryGetPayload(out ILockHandle? held) ? held.FencingToken : 0;
        await captures.AddAsync(run, payment, fence, context.CancellationToken);
        tally.CountCaptured();
    }
}
