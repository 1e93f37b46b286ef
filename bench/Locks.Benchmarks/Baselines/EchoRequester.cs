using Locks.Benchmarks.Candidates;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.Benchmarks.Baselines;

/// <summary>A MassTransit <see cref="IRequestClient{TRequest}"/> as it comes: what a request costs before anything is decided or stored.</summary>
/// <param name="Broker">Its broker.</param>
/// <param name="Queue">The consumer's queue.</param>
/// <param name="Twice">Whether an operation is two requests, one after the other, as an acquire and a release are; or one.</param>
internal sealed record EchoRequesterResource(Uri Broker, string Queue, bool Twice) : Resource
{
    public override async Task<IAsyncDisposable> OpenAsync(CancellationToken cancellationToken) =>
        new EchoRequester(await HostedBus.StartAsync(Broker, static _ => { }, cancellationToken), Queue, Twice);
}

/// <summary>Asks and waits for the answer.</summary>
internal sealed class EchoRequester(HostedBus bus, string queue, bool twice) : IOperation
{
    private readonly IRequestClient<Echo> _client =
        bus.Services.GetRequiredService<IBus>().CreateRequestClient<Echo>(new Uri($"exchange:{queue}"));

    public async Task<Func<Task>> TakeAsync(string key, TimeSpan? wait, CancellationToken cancellationToken)
    {
        await AskAsync(key);
        return twice ? () => AskAsync(key) : static () => Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => bus.DisposeAsync();

    private async Task AskAsync(string key) => await _client.GetResponse<Echoed>(new Echo(key), CancellationToken.None);
}
