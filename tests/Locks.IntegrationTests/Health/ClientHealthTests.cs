using Locks.IntegrationTests.Protocol;
using Locks.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;

namespace Locks.IntegrationTests.Health;

/// <summary>What the health check of a service that uses locks says, while broker and coordinator come and go.</summary>
public sealed class ClientHealthTests
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ItSaysWhatIsAway_AndIsHealthyAgain_WithTheCoordinatorAndWithTheBroker()
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartWithoutCoordinatorAsync();
        var health = fixture.NewClientServices().GetRequiredService<HealthCheckService>();

        await BecomesAsync(health, HealthStatus.Unhealthy, $"None reads '{fixture.QueueName}' on this broker: start one");

        await fixture.StartCoordinatorAsync();
        await BecomesAsync(health, HealthStatus.Healthy, "A lock coordinator answers.");

        fixture.ClientGate.Close();
        await BecomesAsync(health, HealthStatus.Unhealthy, "This process has no connection to the broker at ");

        fixture.ClientGate.Open();
        await BecomesAsync(health, HealthStatus.Healthy, "A lock coordinator answers.");
    }

    private static Task BecomesAsync(HealthCheckService health, HealthStatus status, string description) => Eventually.HoldsAsync(
        async () => await LookAsync(health) is var entry && entry.Status == status
            && entry.Description!.Contains(description, StringComparison.Ordinal),
        what: $"{status}: {description}",
        pauses: Between);

    private static async Task<HealthReportEntry> LookAsync(HealthCheckService health) =>
        Assert.Single((await health.CheckHealthAsync(check => check.Name == "locks-client", Cancel)).Entries).Value;
}
