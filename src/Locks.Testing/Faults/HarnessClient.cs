using Locks.Contracts;
using Locks.Coordinator.Hosting;
using Locks.Transport;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Locks.Testing.Faults;

/// <summary>
/// Sends the harness's own requests over the bus, as every client does, but past the fault plan: a test that has made the coordinator
/// unreachable can still revoke a lock.
/// </summary>
internal sealed class HarnessClient(IBus bus, IOptions<LockCoordinatorOptions> coordinator, LockTestHarnessOptions options)
{
    private const string Header = "Locks-Testing";

    private readonly Uri _address = EndpointAddress.Of(coordinator.Value.QueueName);

    public static bool Sent(MessageContext context) => context.Headers.TryGetHeader(Header, out _);

    /// <summary>Makes a message one of the harness's own.</summary>
    public static void Mark(SendContext context) => context.Headers.Set(Header, true);

    public Task<object> AcquireAsync(AcquireLock command, CancellationToken cancellationToken) =>
        AskAsync<AcquireLock, LockAcquired, LockDenied>(command, cancellationToken);

    public Task<object> ReleaseAsync(ReleaseLock command, CancellationToken cancellationToken) =>
        AskAsync<ReleaseLock, LockReleased, LockNotHeld>(command, cancellationToken);

    public Task<object> RevokeAsync(RevokeLock command, CancellationToken cancellationToken) =>
        AskAsync<RevokeLock, LockRevoked, LockNotHeld>(command, cancellationToken);

    private async Task<object> AskAsync<TRequest, TYes, TNo>(TRequest request, CancellationToken cancellationToken)
        where TRequest : class
        where TYes : class
        where TNo : class
    {
        var client = bus.CreateRequestClient<TRequest>(_address, options.WorkTimeout);
        try
        {
            var response = await client
                .GetResponse<TYes, TNo>(
                    request, configure => configure.UseExecute(Mark), cancellationToken)
                .ConfigureAwait(false);
            return response.Message;
        }
        catch (RequestTimeoutException exception)
        {
            throw new InvalidOperationException(
                $"The lock coordinator did not answer within {options.WorkTimeout:c} of real time. Was the test harness started (provider.StartTestHarness())?",
                exception);
        }
    }
}
