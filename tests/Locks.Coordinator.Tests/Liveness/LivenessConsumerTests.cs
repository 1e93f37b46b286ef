using Locks.Contracts;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Liveness;
using Locks.Coordinator.Tests.Saga;
using Locks.TestKit;
using MassTransit;
using Xunit;

namespace Locks.Coordinator.Tests.Liveness;

/// <summary>Heartbeats on their way to the coordinator, and what becomes of the sessions that send none.</summary>
public sealed class LivenessConsumerTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task AThousandDeadWaitersInFrontOfALiveOne_CostNoConfirmationWindow()
    {
        const int dead = 1_000;
        await using var coordinator = await StartAsync();
        var held = await coordinator.AcquireAsync(Asker.A, lease: 3_600);
        await coordinator.SendAsync(new LockCommands(Guid.CreateVersion7(), "loopback://localhost/the-dead", [.. Waiters(dead, "dead")]));
        await Eventually.HoldsAsync(async () => (await coordinator.StoredAsync())!.State.Waiters.Count == dead);
        await coordinator.DeliverAsync(Asker.B.Wait(3_600) with { ClientId = "alive" }, Asker.B);
        var queue = (await coordinator.StoredAsync())!.State.Waiters;
        await FallsSilentAsync(coordinator, queue.Head!, alive: "alive");
        Assert.False(coordinator.Get<SessionLiveness>().IsSilent(queue.Last!));
        using var metrics = new CapturedMetrics(coordinator.Get<CoordinatorMeter>().Meter);

        Assert.Null((await coordinator.DeliverAsync(new ReleaseLock(held.Key, held.OwnerToken), Asker.A)).Fault);

        Assert.Equal(Asker.B.AcquireId, (await coordinator.ReplyAsync<LockAcquired>(Asker.B)).AcquireId);
        Assert.Equal(0, (await coordinator.StoredAsync())!.State.Waiters.Count);
        var denials = coordinator.AllSent.Select(sent => sent.Message).OfType<LockReplies>().SelectMany(answer => answer.Replies)
            .Where(reply => reply.Denied?.Reason == DenyReasons.Ended);
        Assert.Equal(dead, denials.Count());
        Assert.Equal(dead, metrics.All.Where(measured => measured.Instrument.Name == "locks.waiters.passed_over").Sum(measured => measured.Value));
        Assert.Contains(coordinator.Logs.Lines, line => line.Contains($"Passed over {dead} waiter(s) for lock {held.Key}", StringComparison.Ordinal) && line.Contains("dead", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AClientThatWaitedBeforeTheCoordinatorRan_IsToldToResend_WhereItListens()
    {
        await using var coordinator = await StartAsync();
        var asked = await ListenAsync(coordinator, Asker.A);

        await SignAsync(coordinator, "a", waiting: TimeSpan.FromMinutes(5), Asker.A.Address);
        await SignAsync(coordinator, "a", waiting: TimeSpan.FromMinutes(5), Asker.A.Address);
        await SignAsync(coordinator, "b", waiting: TimeSpan.FromMinutes(5), Asker.A.Address);

        await Eventually.HoldsAsync(() => asked.Count == 2);
        Assert.Equal(["a", "b"], asked.Select(message => message.ClientId));
    }

    [Theory]
    [InlineData("", null, "ClientId is missing or empty")]
    [InlineData("a", 11, "Interval is 00:00:11; it must be between 00:00:01 and 00:00:10")]
    public async Task AnInvalidHeartbeat_IsRefused_AndReportedToItsSender(string clientId, int? interval, string says)
    {
        await using var coordinator = await StartAsync();
        var faults = new List<string>();
        var listener = coordinator.Harness.Bus.ConnectReceiveEndpoint("sender", endpoint => endpoint.Handler<Fault<ClientAlive>>(context =>
        {
            faults.Add(context.Message.Exceptions[0].Message);
            return Task.CompletedTask;
        }));
        await listener.Ready.Within();

        var endpoint = await coordinator.Harness.Bus.GetSendEndpoint(new Uri("exchange:locks-alive"));
        await endpoint.Send(
            new ClientAlive(clientId, interval is { } seconds ? TimeSpan.FromSeconds(seconds) : null),
            send => send.ResponseAddress = new Uri("loopback://localhost/sender"));

        await Eventually.HoldsAsync(() => faults.Count == 1);
        Assert.Contains(says, faults[0], StringComparison.Ordinal);
    }

    private static async Task<CoordinatorUnderTest> StartAsync()
    {
        var coordinator = await CoordinatorUnderTest.StartAsync();
        await Eventually.HoldsAsync(() => coordinator.Get<SessionLiveness>().SendWatermark is not null, what: "listening");
        return coordinator;
    }

    private static IEnumerable<LockCommand> Waiters(int count, string session) => Enumerable.Range(0, count).Select(_ => new LockCommand
    {
        Acquire = new AcquireLock(
            CoordinatorUnderTest.Key, Guid.CreateVersion7(), $"owner {session}", TimeSpan.FromSeconds(30), TimeSpan.FromHours(1), ClientId: session),
    });

    /// <summary>Lets time pass until a waiter is taken for dead, while another session says that it is alive.</summary>
    private static async Task FallsSilentAsync(CoordinatorUnderTest coordinator, Waiter waiter, string alive)
    {
        var start = coordinator.Time.GetUtcNow();
        var signed = start;
        await Eventually.HoldsAsync(async () =>
        {
            if (coordinator.Time.GetUtcNow() - signed >= Interval)
            {
                signed = coordinator.Time.GetUtcNow();
                await SignAsync(coordinator, alive, waiting: signed - start);
            }

            coordinator.Time.Advance(TimeSpan.FromSeconds(1));
            return coordinator.Get<SessionLiveness>().IsSilent(waiter);
        });
        Assert.True(coordinator.Time.GetUtcNow() - start > 3 * Interval);
    }

    private static async Task SignAsync(CoordinatorUnderTest coordinator, string session, TimeSpan waiting, Uri? replyTo = null)
    {
        var endpoint = await coordinator.Harness.Bus.GetSendEndpoint(new Uri("exchange:locks-alive"));
        await endpoint.Send(new ClientAlive(session, Interval, waiting), send => send.ResponseAddress = replyTo);
    }

    private static async Task<IReadOnlyCollection<ResendAcquires>> ListenAsync(CoordinatorUnderTest coordinator, Asker asker)
    {
        var asked = new System.Collections.Concurrent.ConcurrentQueue<ResendAcquires>();
        var listener = coordinator.Harness.Bus.ConnectReceiveEndpoint(asker.Address.Segments[^1], endpoint => endpoint.Handler<ResendAcquires>(context =>
        {
            asked.Enqueue(context.Message);
            return Task.CompletedTask;
        }));
        await listener.Ready.Within();
        return asked;
    }
}
