using Locks.Verification.Clients;
using Locks.Verification.Running;
using Locks.Verification.Scenarios;
using Locks.Verification.Servers;
using Xunit;

namespace Locks.IntegrationTests.Faults;

/// <summary>
/// Processes of clients and coordinators under the checker of their histories: queues are purged and their processes killed, sessions in the
/// database ended, and it takes no write; then clients and coordinators are suspended and killed. <c>tests/Locks.Verification</c> has more
/// scenarios, and longer ones.
/// </summary>
public sealed class VerificationTests(ITestOutputHelper output)
{
    // Kept when a test fails.
    private readonly DirectoryInfo _histories = Directory.CreateTempSubdirectory("locks-verification-");

    /// <summary>
    /// A checker that finds nothing may be blind. So the client that is suspended has two defects in the use of one more lock: the resource
    /// does not check its tokens, and it does not look whether it still holds the lock.
    /// </summary>
    [Fact]
    public async Task HoldersAndCoordinatorsThatAreSuspendedAndKilled_BreakNoPromise_AndADefectIsFound()
    {
        var servers = new TestServers(TestServices.RabbitMq, TestServices.Postgres, TestServices.RabbitMqControl);
        var scenario = ScenarioCatalogue.Find("brief")!;
        var settings = new RunSettings(scenario, TimeSpan.Zero, Seed: 1, ClientControl.NoFence | ClientControl.IgnoreLoss);

        var report = await ScenarioRunner.RunAsync(servers, settings, _histories.FullName);

        output.WriteLine(ReportTable.Row([report]));
        var ofDefect = report.Violations.ToLookup(
            violation => violation.What.Contains($"'{CommandedCaller.ControlKey}'", StringComparison.Ordinal));
        Assert.Equal(["G1", "fencing"], ofDefect[true].Select(violation => violation.Promise).Order(StringComparer.Ordinal));
        // How soon service is back depends on what else this machine does; that it is back does not.
        Assert.DoesNotContain(ofDefect[false], violation => violation.Promise != "bound");
        Assert.NotEqual(TimeSpan.MaxValue, report.Normal);
        // Queues are purged and sessions ended five times each.
        Assert.Equal(16, report.Faults);
        Assert.InRange(report.Operations, 200, int.MaxValue);
        Assert.InRange(report.Orders, 20, int.MaxValue);
        _histories.Delete(recursive: true);
    }
}
