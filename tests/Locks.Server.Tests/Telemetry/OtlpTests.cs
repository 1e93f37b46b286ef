using Locks.TestKit;
using Xunit;

namespace Locks.Server.Tests.Telemetry;

/// <summary>What a receiver of OTLP gets from the server, decoded from what came over HTTP.</summary>
[Collection(TelemetryTests.Name)]
public sealed class OtlpTests(TelemetryFixture fixture)
{
    private const string Page = "docs/telemetry.md";

    [Fact]
    public async Task TheTraceOfAContendedAcquire_IsReceivedWhole_AndIsTheOneInTheDocs()
    {
        var (spans, waiter, holder) = (fixture.Receiver.Spans, fixture.WaiterTrace, fixture.HolderTrace);
        await Eventually.HoldsAsync(() => spans.Count(span => span.TraceId == waiter) == 3 && spans.Any(span => span.TraceId == holder && span.Name == "acquire"));
        await Eventually.HoldsAsync(() => spans.Where(span => span.TraceId == waiter).SelectMany(span => span.Links)
            .All(link => spans.Any(span => span.SpanId == link.SpanId)));

        var acquire = spans.Single(span => span.TraceId == waiter && span.Name == "acquire");
        var held = spans.Single(span => span.TraceId == holder && span.Name == "acquire");
        Assert.Contains((holder, held.SpanId), acquire.Links);
        Assert.All(
            spans.Where(span => span.TraceId == waiter && span != acquire),
            span => Assert.Equal((acquire.SpanId, "Locks.Coordinator"), (span.ParentId, span.Scope)));
        Assert.Equal(TelemetryFixture.Service, acquire.Resource["service.name"]);
        VerifyDocs("trace", TraceText.Of(spans, waiter, new Dictionary<string, string> { [holder] = "the holder's trace", [waiter] = "this trace" }));
    }

    [Fact]
    public void TheMetrics_AreReceived_AndAreThoseInTheDocs()
    {
        var grants = Last("locks.grants");
        Assert.Equal(
            ["locks.outcome=immediate: 1", "locks.outcome=queued: 1"],
            grants.Points.Select(point => $"{point.Tags}: {point.Value}").Order(StringComparer.Ordinal));
        Assert.Equal(("Locks.Coordinator", "{grant}", "sum"), (grants.Scope, grants.Unit, grants.Kind));
        Assert.Equal(1, Assert.Single(Last("locks.client.losses").Points).Value);
        Assert.Equal(("histogram", "s"), (Last("locks.client.acquire.duration").Kind, Last("locks.client.acquire.duration").Unit));
        Assert.DoesNotContain(
            fixture.Receiver.Metrics.SelectMany(metric => metric.Points).SelectMany(point => point.Tags.All),
            tag => tag.Value == TelemetryFixture.Key);
        VerifyDocs("metrics", TraceText.Of(fixture.Receiver.Metrics));
    }

    [Fact]
    public async Task ALogRecord_HasItsEventIdAndName_AndItsFields()
    {
        await Eventually.HoldsAsync(() => fixture.Receiver.Logs.Any(log => log.EventName == "LockRevoked"));

        var revoked = fixture.Receiver.Logs.Single(log => log.EventName == "LockRevoked");
        Assert.Equal("15", revoked.Tags["logrecord.event.id"]);
        Assert.Equal((TelemetryFixture.Key, "alice", "the job hangs"), (revoked.Tags["Key"], revoked.Tags["By"], revoked.Tags["Reason"]));
        Assert.StartsWith($"Lock {TelemetryFixture.Key}, held by ", revoked.Body, StringComparison.Ordinal);
        Assert.Equal(TelemetryFixture.Service, revoked.Resource["service.name"]);
    }

    private ReceivedMetric Last(string name) => fixture.Receiver.Metrics.Last(metric => metric.Name == name);

    /// <summary>Compares a text with the block of the page that has it, but for numbers; writes the block instead where that is asked for.</summary>
    private static void VerifyDocs(string block, string actual)
    {
        var (path, begin, end) = (Repository.PathOf(Page), $"<!-- {block}: begin -->\n```\n", $"\n```\n<!-- {block}: end -->");
        var page = File.ReadAllText(path).ReplaceLineEndings("\n");
        var from = page.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        var to = page.IndexOf(end, from, StringComparison.Ordinal);
        actual = actual.ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable(Approved.ApproveVariable) == "1")
        {
            File.WriteAllText(path, page[..from] + actual + page[to..]);
            throw new NotApprovedException($"{Page} was rewritten and nothing was compared. Review its diff, then run again.");
        }

        Assert.Equal(TraceText.Same(page[from..to]), TraceText.Same(actual));
    }
}
