using Locks.Testing;
using Locks.TestKit;
using Locks.Transport.Isolation;
using MassTransit;
using Xunit;

namespace Locks.Transport.Tests;

/// <summary>How long a bus that stops waits for the application's endpoints.</summary>
public sealed class BusLifecycleTests : IDisposable
{
    private readonly BusLifecycle _lifecycle;
    private readonly IBus _bus;
    private readonly IReceiveEndpoint _endpoint = NewEndpoint();
    private readonly IReceiveEndpoint _other = NewEndpoint();
    private IReceiveEndpointObserver? _observer;

    public BusLifecycleTests()
    {
        _bus = Stub.Of<IBus>((method, arguments) =>
        {
            if (method.Name == nameof(IBus.ConnectReceiveEndpointObserver))
                _observer = (IReceiveEndpointObserver)arguments[0]!;
            return null;
        });
        _lifecycle = new BusLifecycle(new IsolatedConnection(new Lazy<IBus>(_bus), () => null), new ManualTimeProvider());
        _lifecycle.PostCreate(_bus);
    }

    public void Dispose() => _lifecycle.Dispose();

    [Fact]
    public async Task AnEndpointThatIsReportedOpenAfterItsEnd_IsNotWaitedFor()
    {
        await BecomeReadyAsync(_other);
        var stopping = StopAsync();

        await EndAsync(_endpoint);
        await BecomeReadyAsync(_endpoint);
        Assert.False(stopping.IsCompleted);
        await EndAsync(_other);

        await stopping.Within();
    }

    [Fact]
    public async Task AnEndpointOfTheNextStart_IsWaitedForAgain()
    {
        await BecomeReadyAsync(_other);
        var first = StopAsync();
        await EndAsync(_endpoint);
        await EndAsync(_other);
        await first.Within();
        await _lifecycle.PreStart(_bus);

        await BecomeReadyAsync(_endpoint);
        var stopping = StopAsync();
        Assert.False(stopping.IsCompleted);
        await EndAsync(_endpoint);

        await stopping.Within();
    }

    private async Task StopAsync()
    {
        await _lifecycle.PreStop(_bus);
        await _lifecycle.PostStop(_bus);
    }

    private Task BecomeReadyAsync(IReceiveEndpoint endpoint) => _observer!.Ready(EventOf<ReceiveEndpointReady>(endpoint));

    private Task EndAsync(IReceiveEndpoint endpoint) => _observer!.Completed(EventOf<ReceiveEndpointCompleted>(endpoint));

    private static T EventOf<T>(IReceiveEndpoint endpoint)
        where T : class => Stub.Of<T>((method, _) => method.Name switch
        {
            "get_ReceiveEndpoint" => endpoint,
            "get_InputAddress" => new Uri("loopback://localhost/orders"),
            _ => null,
        });

    private static IReceiveEndpoint NewEndpoint() => Stub.Of<IReceiveEndpoint>((_, _) => null);
}
