using Locks.Client.Requests;
using Locks.Contracts;
using MassTransit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Locks.Client.Core;

internal sealed class LockClient(IBus bus, TimeProvider time, IOptions<LockClientOptions> options, ILogger<LockClient> logger) : ILockClient
{
    private readonly string _clientId = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");

    public TimeProvider Time { get; } = time;

    public LockClientOptions Options { get; } = options.Value;

    public ILogger Logger { get; } = logger;

    public Requester Requester { get; } = new(bus, time, options.Value);

    public async Task<ILockHandle?> TryAcquireAsync(
        string key, LockOptions? options = null, CancellationToken cancellationToken = default) =>
        await AcquireCoreAsync(key, wait: null, options, cancellationToken).ConfigureAwait(false);

    public async Task<ILockHandle> AcquireAsync(
        string key, TimeSpan wait, LockOptions? options = null, CancellationToken cancellationToken = default) =>
        await AcquireCoreAsync(key, wait, options, cancellationToken).ConfigureAwait(false) ?? throw new LockTimeoutException(key, wait);

    public async Task<bool> RunAsync(
        string key, Func<CancellationToken, Task> action, LockOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);

        var renewed = (options ?? new LockOptions()) with { AutoRenew = true };
        var handle = await TryAcquireAsync(key, renewed, cancellationToken).ConfigureAwait(false);
        if (handle is null)
            return false;

        await using (handle.ConfigureAwait(false))
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, handle.Lost);
            await action(either.Token).ConfigureAwait(false);
        }

        return true;
    }

    private Task<LockHandle?> AcquireCoreAsync(string key, TimeSpan? wait, LockOptions? how, CancellationToken cancellationToken)
    {
        var command = new AcquireLock(
            key,
            AcquireId: Guid.Empty,
            how?.Owner ?? Options.Owner,
            how?.Lease ?? Options.DefaultLease,
            wait,
            ClientId: _clientId,
            NotifyQueued: wait is not null);
        return new Acquisition(this, command, how?.AutoRenew ?? false).RunAsync(cancellationToken);
    }
}
