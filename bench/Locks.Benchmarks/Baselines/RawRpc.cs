using Locks.Benchmarks.Contestants;

namespace Locks.Benchmarks.Baselines;

/// <summary>
/// The floor: a request and its reply through the broker with RabbitMQ.Client alone, transient and acknowledged by themselves, with nothing
/// done in between.
/// </summary>
internal sealed class RawRpc : IAsyncDisposable
{
    private readonly RawResponder _responder;
    private readonly RawCaller _caller;

    private RawRpc(RawResponder responder, RawCaller caller) => (_responder, _caller) = (responder, caller);

    public static async Task<RawRpc> StartAsync(Uri broker, CancellationToken cancellationToken)
    {
        var responder = await RawResponder.StartAsync(broker, cancellationToken);
        try
        {
            return new RawRpc(responder, await RawCaller.StartAsync(broker, responder.Queue, cancellationToken));
        }
        catch
        {
            await responder.DisposeAsync();
            throw;
        }
    }

    /// <summary>One round trip.</summary>
    public Contestant OneTrip(string name) => new(name, "1 RPC", async _ =>
    {
        await _caller.CallAsync();
        return Contestant.Nothing;
    });

    /// <summary>Two round trips, one after the other, as an acquire and a release are.</summary>
    public Contestant TwoTrips(string name) => new(name, "2 RPCs", async _ =>
    {
        await _caller.CallAsync();
        return _caller.CallAsync;
    });

    public async ValueTask DisposeAsync()
    {
        await _caller.DisposeAsync();
        await _responder.DisposeAsync();
    }
}
