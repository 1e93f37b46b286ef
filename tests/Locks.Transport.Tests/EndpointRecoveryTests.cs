using Locks.Testing;
using Locks.TestKit;
using MassTransit;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Locks.Transport.Tests;

/// <summary>When an endpoint is started again. The integration tests show that it serves then.</summary>
public sealed class EndpointRecoveryTests
{
    private static readonly Uri Address = new("rabbitmq://host/locks");

    private readonly ManualTimeProvider _time = new();
    private readonly EndpointFailures _failures = new();
    private readonly List<string> _calls = [];
    private readonly IReceiveEndpointObserver _observer;
    private Task _stop = Task.CompletedTask;
    private bool _isStopping;

    public EndpointRecoveryTests() => _observer = new EndpointRecovery(LockTransport.For(Address), () => _isStopping, _failures, _time);

    [Fact]
    public async Task AnEndpointThatCouldNotBeOpened_IsStartedAgain_LongBeforeMassTransitWould()
    {
        await FaultAsync(new TimeoutException());

        _time.Advance(TimeSpan.FromSeconds(1));

        await Eventually.HoldsAsync(() => _calls.SequenceEqual(["Stop", "Start"]));
    }

    [Fact]
    public async Task AnEndpointThatIsOpenByThen_IsLeftAlone()
    {
        await FaultAsync(new TimeoutException());
        await _observer.Ready(Event<ReceiveEndpointReady>());

        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Empty(_calls);
    }

    [Fact]
    public async Task AnEndpointThatWasOnlyInterrupted_IsLeftToMassTransit_UnlessThatHangs()
    {
        await FaultAsync(new OperationCanceledException());

        _time.Advance(EndpointRecovery.OpenLimit - TimeSpan.FromSeconds(1));
        Assert.Empty(_calls);
        _time.Advance(TimeSpan.FromSeconds(1));

        await Eventually.HoldsAsync(() => _calls.SequenceEqual(["Stop", "Start"]));
    }

    [Fact]
    public async Task AnEndpointThatTakesLongToOpen_GetsLongerEachTime_UpToAMinute()
    {
        await FaultAsync(new OperationCanceledException());

        foreach (var (limit, opened) in new[] { (10, 1), (10, 2), (20, 3), (40, 4), (60, 5), (60, 6) })
        {
            _time.Advance(TimeSpan.FromSeconds(limit - 1));
            Assert.Equal(opened - 1, _calls.Count(call => call == "Start"));
            _time.Advance(TimeSpan.FromSeconds(1));
            await Eventually.HoldsAsync(() => _calls.Count(call => call == "Start") == opened);
        }
    }

    [Fact]
    public async Task AnEndpointThatDoesNotStop_IsReported_AndLogged()
    {
        using var logs = new CapturedLogs();
        using var factory = new LoggerFactory([logs]);
        LogContext.ConfigureCurrentLogContext(factory);
        _stop = new TaskCompletionSource().Task;
        await FaultAsync(new TimeoutException());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(_failures.Endpoints);

        _time.Advance(EndpointRecovery.StopLimit);

        await _failures.First.Within();
        Assert.Equal([Address], _failures.Endpoints);
        Assert.Equal(["Stop"], _calls);
        Assert.Contains(logs.Lines, line => line.StartsWith("Critical", StringComparison.Ordinal)
            && line.Contains($"The endpoint {Address} lost its connection to the broker, and can't be opened again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OnABusThatStops_NothingIsStartedAgain()
    {
        _isStopping = true;
        await FaultAsync(new TimeoutException());

        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Empty(_calls);
    }

    private Task FaultAsync(Exception exception) => _observer.Faulted(Event<ReceiveEndpointFaulted>(exception));

    private T Event<T>(Exception? exception = null)
        where T : class => Stub.Of<T>((member, _) => member.Name switch
        {
            "get_Exception" => exception,
            "get_InputAddress" => Address,
            "get_IsStarted" => true,
            _ => Endpoint(),
        });

    private IReceiveEndpoint Endpoint() => Stub.Of<IReceiveEndpoint>((method, _) =>
    {
        var member = method.Name;
        if (member == "get_InputAddress")
            return Address;

        _calls.Add(member);
        return member == nameof(IReceiveEndpoint.Stop)
            ? _stop
            : Stub.Of<ReceiveEndpointHandle>((_, _) => new TaskCompletionSource<ReceiveEndpointReady>().Task);
    });
}
