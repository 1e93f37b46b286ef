using MassTransit;
using MassTransit.Configuration;
using MassTransit.Context;
using MassTransit.RabbitMqTransport;

namespace Locks.Transport.RabbitMq;

/// <summary>
/// Has what MassTransit itself sends to the response or fault address of a message take the way of replies: its faults, above all. What the
/// application's filters send elsewhere goes as they want it.
/// </summary>
internal sealed class ReplyAddressFilter : IFilter<ReceiveContext>, IFilter<ConsumeContext>
{
    /// <summary>Puts the filter ahead of everything else on an endpoint.</summary>
    public static void AttachTo(IReceiveEndpointConfigurator endpoint)
    {
        var filter = new ReplyAddressFilter();
        endpoint.ConfigureReceive(receive => receive.AddPipeSpecification(new FilterPipeSpecification<ReceiveContext>(filter)));
        endpoint.AddPipeSpecification(new FilterPipeSpecification<ConsumeContext>(filter));
    }

    Task IFilter<ReceiveContext>.Send(ReceiveContext context, IPipe<ReceiveContext> next) => next.Send(new RoutedContext(context));

    Task IFilter<ConsumeContext>.Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        if (context.ReceiveContext is RoutedContext routed)
            routed.ReplyAddresses = [context.ResponseAddress, context.FaultAddress];
        return next.Send(context);
    }

    void IProbeSite.Probe(ProbeContext context) => context.CreateFilterScope("replyAddress");

    private sealed class RoutedContext(ReceiveContext context) : ReceiveContextProxy(context), ISendEndpointProvider
    {
        public IReadOnlyList<Uri?> ReplyAddresses { get; set; } = [];

        public override ISendEndpointProvider SendEndpointProvider => this;

        private ISendEndpointProvider Provider => base.SendEndpointProvider;

        public ConnectHandle ConnectSendObserver(ISendObserver observer) => Provider.ConnectSendObserver(observer);

        public async Task<ISendEndpoint> GetSendEndpoint(Uri address) => ReplyAddresses.Contains(address)
            && DefaultExchange.RouteTo(address) is { Queue: { } queue } route
                ? new ReplyToSendEndpoint(await Provider.GetSendEndpoint(route.Address).ConfigureAwait(false), queue)
                : await Provider.GetSendEndpoint(address).ConfigureAwait(false);
    }
}
