using System.Runtime.CompilerServices;
using MassTransit;
using MassTransit.Configuration;

namespace Locks.Client.ConsumeFilter.Ordering;

/// <summary>
/// Keeps the order in which RabbitMQ delivers the messages of an endpoint, for guards that wait. Other transports do not number what they
/// deliver to one consumer, or number it with gaps.
/// </summary>
internal sealed class DeliveryOrder : IFilter<ReceiveContext>, IFilter<ConsumeContext>
{
    private const string ConsumerTag = "RabbitMQ-ConsumerTag";

    private static readonly ConditionalWeakTable<IReceiveEndpointConfigurator, DeliveryOrder> Endpoints = [];

    private readonly TimeProvider _time;
    private readonly Dictionary<string, DeliverySequence> _sequences = new(StringComparer.Ordinal);

    private DeliveryOrder(IReceiveEndpointConfigurator endpoint, TimeProvider time)
    {
        _time = time;
        endpoint.ConfigureReceive(receive => receive.AddPipeSpecification(new FilterPipeSpecification<ReceiveContext>(this)));
        endpoint.AddPipeSpecification(new FilterPipeSpecification<ConsumeContext>(this));
    }

    /// <summary>Keeps the order of an endpoint's messages.</summary>
    public static void Keep(IReceiveEndpointConfigurator endpoint, TimeProvider time) =>
        Endpoints.GetValue(endpoint, key => new DeliveryOrder(key, time));

    /// <summary>The delivery of a message, if its order is kept.</summary>
    public static Delivery? Of(ConsumeContext context) => context.ReceiveContext.TryGetPayload(out Delivery? delivery) ? delivery : null;

    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        if (context is not ITransportSequenceNumber { SequenceNumber: { } number }
            || !context.TransportHeaders.TryGetHeader(ConsumerTag, out var consumer))
        {
            await next.Send(context).ConfigureAwait(false);
            return;
        }

        var delivery = new Delivery(SequenceOf((string)consumer), number);
        context.AddOrUpdatePayload(() => delivery, _ => delivery);
        try
        {
            await next.Send(context).ConfigureAwait(false);
        }
        finally
        {
            delivery.SetKnown(key: null);
            delivery.Leave();
        }
    }

    /// <summary>A message comes here behind its guard, or without one: MassTransit puts what is for all messages last.</summary>
    public Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        Of(context)?.SetKnown(key: null);
        return next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("deliveryOrder");

    /// <summary>A connection that was lost leaves the sequence of its channel behind.</summary>
    private DeliverySequence SequenceOf(string consumer)
    {
        lock (_sequences)
        {
            if (_sequences.TryGetValue(consumer, out var known))
                return known;

            foreach (var (other, sequence) in _sequences)
            {
                if (sequence.IsIdle)
                    _sequences.Remove(other);
            }

            var added = new DeliverySequence(_time);
            _sequences.Add(consumer, added);
            return added;
        }
    }
}
