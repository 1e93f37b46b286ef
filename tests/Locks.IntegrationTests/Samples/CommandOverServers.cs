using Locks.IntegrationTests.Storage;
using Locks.TestKit;

namespace Locks.IntegrationTests.Samples;

/// <summary>The command in samples/README.md that runs a sample over servers, as it stands there but for the servers' addresses.</summary>
internal static class CommandOverServers
{
    /// <param name="sample">The name of the sample's folder.</param>
    /// <param name="database">The database.</param>
    /// <param name="more">Further arguments.</param>
    public static Task<SampleRun> RunAsync(string sample, PostgreSqlTestDatabase database, params string[] more)
    {
        var command = SamplesPage.Commands.Single(command => command.Sample == sample && command.NeedsServers);
        return SampleProgram.RunAsync(sample, [.. command.ArgumentsFor(TestServices.RabbitMq.ToString(), database.ConnectionString), .. more]);
    }
}
