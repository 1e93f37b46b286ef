using Locks.Client.ConsumeFilter.Ordering;
using Locks.Client.Core;
using Locks.Client.Core.Holding;
using Locks.Contracts;
using Locks.Transport;
using MassTransit;
using MassTransit.Middleware;
using MassTransit.Middleware.InMemoryOutbox;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Locks.Client.ConsumeFilter;

/// <summary>Consumes a message under its lock, or applies the policy for a busy lock.</summary>
internal sealed class LockGuard<TMessage>(
    IServiceProvider services, Func<TMessage, string?> keyOf, LockOptions options, BusyPolicy whenBusy) : IFilter<ConsumeContext<TMessage>>
    where TMessage : class
{
    private const string Name = "distributedLock";

    // How long to wait for the answer to a release when the endpoint stops, and perhaps the client's own reply queue with it.
    private static readonly TimeSpan FinalReleaseTimeout = TimeSpan.FromSeconds(1);

    private static readonly string MessageType = TypeCache<TMessage>.ShortName;

    private readonly TimeProvider _time = services.GetService<TimeProvider>() ?? TimeProvider.System;
    private readonly ILogger _log = services.GetRequiredService<ILogger<LockGuard<TMessage>>>();
    private bool _hasWarned;

    // Resolved late: the client needs the bus, which is being built when the guard is.
    private ILockClient Client => services.GetRequiredService<ILockClient>();

    private TimeSpan Lease => options.Lease ?? services.GetRequiredService<IOptions<LockClientOptions>>().Value.DefaultLease;

    public async Task Send(ConsumeContext<TMessage> context, IPipe<ConsumeContext<TMessage>> next)
    {
        WarnInsideOutbox(context);
        var stop = EndpointStopToken.Of(context.ReceiveContext, _time);
        if (await AcquireOrApplyPolicyAsync(context, stop).ConfigureAwait(false) is { } handle)
            await ConsumeAsync(context, next, handle, stop).ConfigureAwait(false);
    }

    /// <summary>Has messages that wait get into the queues of their locks in the order in which the endpoint was delivered them.</summary>
    public void KeepOrder(IReceiveEndpointConfigurator endpoint)
    {
        if (whenBusy is BusyPolicy.Wait)
            DeliveryOrder.Keep(endpoint, _time);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope(Name).Add("whenBusy", whenBusy.Name);

    /// <summary>Acquires the lock; when it is busy, the policy decides what becomes of the message.</summary>
    private async Task<ILockHandle?> AcquireOrApplyPolicyAsync(ConsumeContext<TMessage> context, EndpointStopToken stop)
    {
        var started = _time.GetTimestamp();
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, stop.Token);
        try
        {
            var key = KeyOf(context);
            if (whenBusy is BusyPolicy.Wait wait)
                return await WaitInOrderAsync(context, key, wait, cancellation.Token).ConfigureAwait(false);
            var (handle, holder) = await TryAcquireAsync(key, cancellation.Token).ConfigureAwait(false);
            return handle ?? await ApplyPolicyAsync(context, key, holder, cancellation.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (cancellation.IsCancellationRequested)
        {
            // With this token MassTransit neither retries it nor takes it for a failure: the message goes back to the broker.
            throw new OperationCanceledException(
                "The endpoint stops while a message waits for its lock.", exception, context.CancellationToken);
        }
        catch (Exception exception)
        {
            GuardMeter.CountFaulted(MessageType, exception);
            // MassTransit reports by itself only what fails in a consumer.
            await context.NotifyFaulted(_time.GetElapsedTime(started), Name, exception).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<(ILockHandle? Handle, LockHolder? Holder)> TryAcquireAsync(string key, CancellationToken cancellationToken) =>
        Client is LockClient client
            ? await client.AcquireOrExplainAsync(key, wait: null, options, HoldingFlow.Begin(), cancellationToken).ConfigureAwait(false)
            : (await Client.TryAcquireAsync(key, options, cancellationToken).ConfigureAwait(false), null);

    private async Task<ILockHandle?> ApplyPolicyAsync(
        ConsumeContext<TMessage> context, string key, LockHolder? holder, CancellationToken cancellationToken)
    {
        switch (whenBusy.For(new BusyDelivery(context.ReceiveContext.Redelivered, Redelivery.Count(context), Lease)))
        {
            case BusyPolicy.Wait wait:
                if (await WaitAsync(context, key, wait, cancellationToken).ConfigureAwait(false) is { } handle)
                    return handle;
                await RedeliverAsync(context, key, BusyPolicy.Redeliver.MinDelay, cancellationToken).ConfigureAwait(false);
                break;

            case BusyPolicy.Redeliver redeliver:
                await RedeliverAsync(context, key, redeliver.Delay, cancellationToken).ConfigureAwait(false);
                break;

            case BusyPolicy.Fault fault:
                throw new LockBusyException(key, fault.Redeliveries, holder);

            default:
                Skip(context, key);
                break;
        }

        // Otherwise MassTransit takes the message for one without a consumer, and moves it to the queue of skipped messages.
        await context.NotifyConsumed(context.ReceiveContext.ElapsedTime, Name).ConfigureAwait(false);
        return null;
    }

    private async Task<ILockHandle?> WaitAsync(
        ConsumeContext<TMessage> context, string key, BusyPolicy.Wait wait, CancellationToken cancellationToken)
    {
        GuardMeter.CountWaited(MessageType);
        var begun = _time.GetTimestamp();
        do
        {
            _log.Waiting(MessageType, context.MessageId, key, wait.Limit);
            try
            {
                return await Client.AcquireAsync(key, wait.Limit, options, cancellationToken).ConfigureAwait(false);
            }
            catch (LockTimeoutException) when (wait.IsUntilGranted)
            {
                // The holder is alive. What it works on may still fail.
            }
        }
        while (_time.GetElapsedTime(begun) < BusyPolicy.Wait.MaxTime);

        return null;
    }

    /// <summary>
    /// Waits without a try before: two messages of one key would change places between a try that finds the lock busy and the wait.
    /// </summary>
    private async Task<ILockHandle?> WaitInOrderAsync(
        ConsumeContext<TMessage> context, string key, BusyPolicy.Wait wait, CancellationToken cancellationToken)
    {
        var delivery = DeliveryOrder.Of(context);
        var isQueued = 0;
        try
        {
            if (delivery is not null)
            {
                delivery.SetKnown(key);
                await delivery.WaitForPredecessorsAsync(cancellationToken).ConfigureAwait(false);
            }

            return await Client
                .AcquireAsync(key, wait.Limit, options with { OnQueued = OnQueued }, cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            delivery?.Leave();
        }

        void OnQueued()
        {
            delivery?.Leave();
            if (Interlocked.Exchange(ref isQueued, 1) != 0)
                return;
            GuardMeter.CountWaited(MessageType);
            _log.Waiting(MessageType, context.MessageId, key, wait.Limit);
        }
    }

    private Task RedeliverAsync(ConsumeContext<TMessage> context, string key, TimeSpan delay, CancellationToken cancellationToken)
    {
        GuardMeter.CountRedelivered(MessageType);
        _log.Redelivering(MessageType, context.MessageId, key, delay, Redelivery.Count(context) + 1);
        return context.RedeliverAsync(delay, _time, cancellationToken);
    }

    private void Skip(ConsumeContext<TMessage> context, string key)
    {
        GuardMeter.CountSkipped(MessageType);
        _log.Skipped(MessageType, context.MessageId, key);
    }

    private async Task ConsumeAsync(
        ConsumeContext<TMessage> context, IPipe<ConsumeContext<TMessage>> next, ILockHandle handle, EndpointStopToken stop)
    {
        var started = _time.GetTimestamp();
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, handle.Lost);
            var guarded = new GuardedConsumeContext<TMessage>(context, handle, either.Token);
            try
            {
                (handle as LockHandle)?.EnterFlow();
                await next.Send(guarded).ConfigureAwait(false);

                // What was sent without being awaited leaves under the lock, too.
                await guarded.ConsumeCompleted.ConfigureAwait(false);
            }
            catch (Exception exception) when (guarded.WasEndedByLoss(exception))
            {
                var lost = new LockLostException(handle.Key, handle.Loss);
                if (!guarded.IsFaultReported)
                    await context.NotifyFaulted(_time.GetElapsedTime(started), Name, lost).ConfigureAwait(false);
                throw lost;
            }

            if (handle.Lost.IsCancellationRequested)
                _log.ConsumedWithoutLock(handle.Key, handle.Loss?.Reason, MessageType, context.MessageId);
        }
        finally
        {
            if (handle.Lost.IsCancellationRequested)
                GuardMeter.CountLost(MessageType);
            await ReleaseAsync(handle, stop).ConfigureAwait(false);
        }
    }

    private async Task ReleaseAsync(ILockHandle handle, EndpointStopToken stop)
    {
        using var timeout = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        using var stopping = stop.Token.Register(() => timeout.CancelAfter(FinalReleaseTimeout));
        try
        {
            await handle.DisposeAsync().AsTask().OrAbandonAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            // The release is sent; its answer can't arrive any more.
        }
    }

    private string KeyOf(ConsumeContext<TMessage> context)
    {
        var key = keyOf(context.Message);
        if (LockLimits.CheckKey(key) is { } problem)
            throw new ArgumentException($"{MessageType} {context.MessageId} can't be guarded: its {problem}.");

        // It would wait for itself.
        return context.TryGetPayload(out ILockHandle? outer) && outer.Key == key
            ? throw new InvalidOperationException(
                $"{MessageType} {context.MessageId} is guarded twice: an outer guard holds the lock '{key}' already, and locks are not "
                + "reentrant. Guard the endpoint or its consumer, not both with one key.")
            : key!;
    }

    private void WarnInsideOutbox(ConsumeContext<TMessage> context)
    {
        if (_hasWarned || !(context.HasPayloadType(typeof(OutboxContext)) || context.HasPayloadType(typeof(OutboxConsumeContext))))
            return;

        _hasWarned = true;
        _log.InsideOutbox(MessageType);
    }
}
