using System.Net;
using System.Text.RegularExpressions;
using Locks.Server.Telemetry;
using Locks.TestKit;
using Xunit;

namespace Locks.Server.Tests.Telemetry;

/// <summary>What Prometheus reads from the server, and what the dashboard and the alerts that come with it ask Prometheus for.</summary>
[Collection(TelemetryTests.Name)]
public sealed partial class PrometheusTests(TelemetryFixture fixture)
{
    [Fact]
    public async Task Metrics_AreExposedUnderTheNamesThatFollowFromTheTable()
    {
        var exposed = await ReadAsync();

        Assert.Contains("locks_grants_total", exposed);
        Assert.Contains("locks_client_acquire_duration_seconds_bucket", exposed);
        Assert.Empty(exposed.Where(name => name.StartsWith("locks_", StringComparison.Ordinal)).Except(Names()));
    }

    [Fact]
    public async Task Metrics_AreForThoseWhoMayLook()
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(fixture.Server.Address), ServerTelemetry.MetricsPath));
        request.Headers.Host = "attacker.example";

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("deploy/grafana/locks.json")]
    [InlineData("deploy/prometheus/alerts.yml")]
    [InlineData("docs/telemetry.md")]
    public void EveryQuery_AsksForMetricsThatThereAre(string path)
    {
        var asked = Metric().Matches(File.ReadAllText(Repository.PathOf(path))).Select(match => match.Value).Distinct().ToList();

        Assert.InRange(asked.Count, 3, int.MaxValue);
        Assert.Empty(asked.Except(Names()).Except(Tags()));
    }

    [Fact]
    public void TheDashboard_HasEveryPanelOnAQuery_AndEachAlertSaysWhatToDo()
    {
        using var dashboard = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Repository.PathOf("deploy/grafana/locks.json")));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .Where(panel => panel.GetProperty("type").GetString() != "row").ToList();
        var alerts = File.ReadAllText(Repository.PathOf("deploy/prometheus/alerts.yml")).ReplaceLineEndings("\n").Split("\n      - alert: ")[1..];

        Assert.InRange(panels.Count, 10, int.MaxValue);
        Assert.All(panels, panel => Assert.All(
            panel.GetProperty("targets").EnumerateArray(), target => Assert.NotEmpty(target.GetProperty("expr").GetString()!)));
        Assert.InRange(alerts.Length, 4, int.MaxValue);
        Assert.All(alerts, alert => Assert.Matches(@"(?s)expr: .*summary: .*description: ", alert));
    }

    /// <summary>The names of all series and families that are exposed now.</summary>
    private async Task<IReadOnlyCollection<string>> ReadAsync()
    {
        var (status, body) = await fixture.Server.GetAsync("/metrics");
        Assert.Equal(200, status);
        return [.. Line().Matches(body).Select(match => match.Groups[1].Value).Distinct()];
    }

    /// <summary>Prometheus's names of the instruments in the docs, which a test of the client compares with the code.</summary>
    private static IEnumerable<string> Names() => InstrumentTable.Read().SelectMany(row =>
    {
        var name = row.Name.Replace('.', '_') + (row.Unit == "s" ? "_seconds" : "");
        return row.Kind switch
        {
            "counter" => [$"{name}_total"],
            "histogram" => [$"{name}_bucket", $"{name}_sum", $"{name}_count"],
            _ => new[] { name },
        };
    });

    private static IEnumerable<string> Tags() => InstrumentTable.Read().SelectMany(row => row.Values.Keys).Select(tag => tag.Replace('.', '_'));

    [GeneratedRegex(@"^([a-z_][a-z0-9_]*)(?:\{| )", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"\blocks_[a-z0-9_]+\b")]
    private static partial Regex Metric();
}
