using System.Diagnostics.Metrics;
using System.Reflection;
using Locks.Client.ConsumeFilter;
using Locks.Client.Diagnostics;
using Locks.Client.Tests.ConsumeFilter;
using Locks.Contracts;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Storage;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Diagnostics;

/// <summary>The table in docs/telemetry.md has every instrument as it is in the code: name, kind, unit, description, tags and their values.</summary>
[Collection(nameof(GuardFixture))]
public sealed class TelemetryPageTests
{
    private const string Group = "orders";

    [Fact]
    public async Task TheTable_HasEveryInstrument_AsItIs()
    {
        await using var fixture = await LockFixture.StartAsync();

        var expected = InstrumentsOf(fixture)
            .Select(instrument => $"{instrument.Name} | {KindOf(instrument)} | {instrument.Unit} | {instrument.Description}");

        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            InstrumentTable.Read().Select(row => $"{row.Name} | {row.Kind} | {row.Unit} | {row.Description}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task TheTable_HasEveryTag_WithItsValues()
    {
        await using var fixture = await LockFixture.StartAsync(options => options.KeyGroup = _ => Group);
        var metrics = new[] { fixture.ClientMeter.Meter, fixture.CoordinatorMeter.Meter, GuardMeterOfThisProcess() }
            .Select(meter => new CapturedMetrics(meter)).ToList();

        MeasureClient(fixture.ClientMeter);
        MeasureGuards();
        MeasureCoordinator(fixture.CoordinatorMeter);
        MeasureDecisions(fixture.CoordinatorMeter.Decisions);
        await Eventually.HoldsAsync(() =>
        {
            metrics[1].Observe();
            return metrics[1].Lines("locks.held").Count > 0 && metrics[1].Lines("locks.waiting").Count > 0;
        });

        var measured = metrics.SelectMany(captured => captured.All).ToLookup(measurement => measurement.Instrument.Name);
        Assert.All(InstrumentTable.Read(), row =>
        {
            Assert.NotEmpty(measured[row.Name]);
            Assert.Equal(TagsOf(measured[row.Name], row), row.Values.Select(tag => $"{tag.Key}: {string.Join(' ', tag.Value)}").Order(StringComparer.Ordinal));
        });
        metrics.ForEach(captured => captured.Dispose());
    }

    /// <summary>The tags that were seen, with the values that were seen where the row names values.</summary>
    private static IEnumerable<string> TagsOf(IEnumerable<CapturedMetrics.Measurement> measurements, InstrumentRow row) => measurements
        .SelectMany(measurement => measurement.Tags)
        .GroupBy(tag => tag.Key, tag => (string)tag.Value!)
        .Select(tag =>
        {
            IEnumerable<string> values = row.Values.GetValueOrDefault(tag.Key) is { Count: > 0 } ? tag.Distinct().Order(StringComparer.Ordinal) : [];
            return $"{tag.Key}: {string.Join(' ', values)}";
        })
        .Order(StringComparer.Ordinal);

    private static List<Instrument> InstrumentsOf(LockFixture fixture)
    {
        Meter[] meters = [fixture.ClientMeter.Meter, fixture.CoordinatorMeter.Meter, GuardMeterOfThisProcess()];
        var found = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (meters.Contains(instrument.Meter))
                    found.Add(instrument);
            },
        };
        listener.Start();
        return found;
    }

    private static Meter GuardMeterOfThisProcess() =>
        (Meter)typeof(GuardMeter).GetField("Meter", BindingFlags.NonPublic | BindingFlags.Static)!.GetValue(null)!;

    private static string KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "Counter" => "counter",
        "UpDownCounter" => "up-down counter",
        "Histogram" => "histogram",
        "Gauge" or "ObservableGauge" => "gauge",
        var other => other,
    };

    private static void MeasureClient(ClientMeter meter)
    {
        string[] outcomes =
        [
            AcquireOutcomes.Of(isGranted: true, waits: true),
            AcquireOutcomes.Of(isGranted: false, waits: true),
            AcquireOutcomes.Of(isGranted: false, waits: false),
            AcquireOutcomes.Of(new OperationCanceledException()),
            AcquireOutcomes.Of(new LockRefusedException("key", DenyReasons.QueueFull, null)),
            AcquireOutcomes.Of(new LockUnavailableException("away")),
            AcquireOutcomes.Of(new ArgumentException("bad")),
        ];
        foreach (var outcome in outcomes)
            meter.RecordAcquire(TimeProvider.System, begun: 0, outcome, "key");
        meter.RecordHold(TimeProvider.System, since: 0, HoldOutcomes.Released, "key");
        foreach (var reason in Enum.GetValues<LockLossReason>())
        {
            meter.RecordHold(TimeProvider.System, since: 0, HoldOutcomes.Of(reason), "key");
            meter.CountLoss(HoldOutcomes.Of(reason), "key");
        }

        meter.CountLateRenewal("key");
    }

    private static void MeasureGuards()
    {
        GuardMeter.CountSkipped("Message");
        GuardMeter.CountWaited("Message");
        GuardMeter.CountRedelivered("Message");
        GuardMeter.CountFaulted("Message", new TimeoutException());
        GuardMeter.CountLost("Message");
    }

    private static void MeasureCoordinator(CoordinatorMeter meter)
    {
        meter.RecordCommit(TimeSpan.Zero, 1, failure: null);
        meter.RecordCommit(TimeSpan.Zero, 0, new LockStoreUnavailableException("away", new TimeoutException()));
        meter.RecordBatch(1);
        meter.CountLookups(1, 1);
        meter.CountOutdated(1);
        meter.CountDeadlock();
        meter.RecordClock(TimeSpan.Zero, TimeSpan.Zero);
        meter.CountMessage("locks-0");
        meter.BeginShare("locks-0");
        meter.EndShare("locks-0");
    }

    private static void MeasureDecisions(DecisionMeter meter)
    {
        string[] reasons =
        [
            .. typeof(DenyReasons).GetFields().Select(field => (string)field.GetValue(null)!),
        ];
        foreach (var outcome in new[] { DecisionOutcomes.Immediate, DecisionOutcomes.Queued })
            meter.CountGrants(1, outcome, Group);
        foreach (var reason in reasons)
            meter.CountDenial(DecisionOutcomes.OfDenial(reason), Group);
        meter.CountPassedOver(1, Group);
        meter.CountReleases(1, Group);
        var lease = new LeaseSnapshot(Guid.Empty, default, HasEnded: true);
        string[] expiries =
        [
            DecisionOutcomes.OfExpiry(Grant(LockStage.Held, null)),
            DecisionOutcomes.OfExpiry(Grant(LockStage.Offered, null)),
            DecisionOutcomes.OfExpiry(Grant(LockStage.Held, lease)),
        ];
        foreach (var outcome in expiries)
            meter.CountExpiries(1, outcome, Group);
        foreach (var stage in new[] { LockStage.Held, LockStage.Offered, LockStage.Cooling })
            meter.CountRevocations(1, DecisionOutcomes.OfStage(stage), Group);
        foreach (var outcome in expiries.Append(DecisionOutcomes.Released).Append(DecisionOutcomes.Revoked))
            meter.RecordHold(TimeSpan.Zero, outcome, Group);
        string[] waits =
        [
            DecisionOutcomes.Granted, DecisionOutcomes.Cancelled, DecisionOutcomes.PassedOver,
            .. new[] { DenyReasons.WaitTimedOut, DenyReasons.LeaseNotFound, DenyReasons.Cancelled, DenyReasons.Deadlock }.Select(DecisionOutcomes.OfDenial),
        ];
        foreach (var outcome in waits)
            meter.RecordWait(TimeSpan.Zero, outcome, Group);
        meter.RecordQueueLength(1, Group);
    }

    private static Holder Grant(LockStage stage, LeaseSnapshot? lease) => new(
        Guid.Empty, "owner", new OwnerToken("token"), 1, TimeSpan.Zero, default, default, stage, ClientId: null, Lease: lease);
}
