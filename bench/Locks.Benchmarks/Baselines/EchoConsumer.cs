using Locks.Benchmarks.Candidates;
using MassTransit;

namespace Locks.Benchmarks.Baselines;

/// <summary>The answering end of a MassTransit request: a consumer that does nothing but answer.</summary>
/// <param name="Broker">Its broker.</param>
/// <param name="Queue">The queue that it reads.</param>
internal sealed record EchoConsumerResource(Uri Broker, string Queue) : Resource
{
    public override async Task<IAsyncDisposable> OpenAsync(CancellationToken cancellationToken) =>
        await HostedBus.StartAsync(
            Broker,
            bus => bus.AddConsumer<EchoConsumer>().Endpoint(endpoint =>
            {
                endpoint.Name = Queue;
                endpoint.ConfigureConsumeTopology = false;
            }),
            cancellationToken);
}

/// <summary>A request with as little in it as a lock's.</summary>
public sealed record Echo(string Key);

/// <summary>Its answer.</summary>
public sealed record Echoed(string Key);

/// <summary>Answers.</summary>
public sealed class EchoConsumer : IConsumer<Echo>
{
    /// <inheritdoc />
    public Task Consume(ConsumeContext<Echo> context) => context.RespondAsync(new Echoed(context.Message.Key));
}
