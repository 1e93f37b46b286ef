using Locks.Coordinator.Tests.Saga;
using Locks.TestKit;
using MassTransit;
using Xunit;

namespace Locks.Coordinator.Tests.Issues;

/// <summary>
/// An endpoint that was told to stop when it had just opened could be reported as open after it was reported as stopped, since MassTransit
/// reports from several threads. The bus then waited for it for as long as it may wait for a consumer.
/// </summary>
public sealed class LateReadyTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TaskCompletionSource _late = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _completed = new();

    public void Dispose() => _completed.Dispose();

    [Fact]
    public async Task AnEndpointThatIsReportedOpenAfterItsStop_DoesNotHoldUpTheBus()
    {
        // The product's own observer is between these two.
        var first = new Observer
        {
            OnReady = endpoint =>
            {
                if (IsLate(endpoint))
                {
                    _late.TrySetResult();
                    Assert.True(_completed.Wait(Limit));
                }
            },
            // Another endpoint still runs when the late report comes.
            OnStopping = endpoint => IsLate(endpoint) ? Task.CompletedTask : _ready.Task,
        };
        var last = new Observer
        {
            OnReady = endpoint =>
            {
                if (IsLate(endpoint))
                    _ready.TrySetResult();
            },
            OnCompleted = endpoint =>
            {
                if (IsLate(endpoint))
                    _completed.Set();
            },
        };
        var coordinator = await CoordinatorUnderTest.StartAsync(
            register: services => services.AddReceiveEndpointObserver(_ => first), connect: bus => bus.ConnectReceiveEndpointObserver(last));
        await _late.Task.Within();

        await coordinator.DisposeAsync().AsTask().Within();

        Assert.True(_ready.Task.IsCompletedSuccessfully);
    }

    private static bool IsLate(Uri endpoint) => endpoint.AbsolutePath.Contains("locks-sessions", StringComparison.Ordinal);

    private sealed class Observer : IReceiveEndpointObserver
    {
        public Action<Uri>? OnReady { get; init; }

        public Func<Uri, Task>? OnStopping { get; init; }

        public Action<Uri>? OnCompleted { get; init; }

        public Task Ready(ReceiveEndpointReady ready)
        {
            OnReady?.Invoke(ready.InputAddress);
            return Task.CompletedTask;
        }

        public Task Stopping(ReceiveEndpointStopping stopping) => OnStopping?.Invoke(stopping.InputAddress) ?? Task.CompletedTask;

        public Task Completed(ReceiveEndpointCompleted completed)
        {
            OnCompleted?.Invoke(completed.InputAddress);
            return Task.CompletedTask;
        }

        public Task Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;
    }
}
