using System.Collections.Concurrent;
using dotnet_etcd;
using Etcdserverpb;
using Google.Protobuf;
using Grpc.Core;
using Locks.Benchmarks.Candidates;
using Locks.Benchmarks.Measuring;
using V3Lockpb;

namespace Locks.Benchmarks.Baselines;

/// <summary>etcd's own lock service: <c>Lock</c> and <c>Unlock</c>, as <c>etcdctl lock</c> calls them.</summary>
/// <param name="Server">The server's address.</param>
internal sealed record EtcdLocksResource(Uri Server) : Resource
{
    public override Task<IAsyncDisposable> OpenAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IAsyncDisposable>(new EtcdLocks(Server));
}

/// <summary>
/// Locks and unlocks. To etcd a lease is the owner, so each caller needs one; it is used again by the next, which spares etcd two writes of
/// each cycle.
/// </summary>
internal sealed class EtcdLocks(Uri server) : IOperation
{
    // No lease ends during a run.
    private const long LeaseSeconds = 3_600;

    private static readonly TimeSpan LongestTry = TimeSpan.FromSeconds(30);

    private readonly EtcdClient _client =
        new(server.ToString(), configureChannelOptions: options => options.Credentials = ChannelCredentials.Insecure);

    private readonly ConcurrentBag<long> _leases = [];

    public async Task<Func<Task>> TakeAsync(string key, TimeSpan? wait, CancellationToken cancellationToken)
    {
        if (!_leases.TryTake(out var lease))
            lease = (await _client.LeaseGrantAsync(new LeaseGrantRequest { TTL = LeaseSeconds }, cancellationToken: cancellationToken)).ID;
        var request = new LockRequest { Name = ByteString.CopyFromUtf8(key), Lease = lease };
        var deadline = (TimeProvider.System.GetUtcNow() + (wait ?? LongestTry)).UtcDateTime;
        try
        {
            var held = await _client.LockAsync(request, deadline: deadline, cancellationToken: cancellationToken);
            return async () =>
            {
                await _client.UnlockAsync(new UnlockRequest { Key = held.Key });
                _leases.Add(lease);
            };
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.DeadlineExceeded)
        {
            throw new MeasurementFailedException($"etcd did not lock '{key}' in time.", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var lease in _leases)
            await _client.LeaseRevokeAsync(new LeaseRevokeRequest { ID = lease });
        _client.Dispose();
    }
}
