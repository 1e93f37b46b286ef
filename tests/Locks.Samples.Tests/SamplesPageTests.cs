using System.Text.RegularExpressions;
using Locks.TestKit;
using Npgsql;
using Xunit;

namespace Locks.Samples.Tests;

/// <summary>
/// samples/README.md: its commands that need no server, run as they stand, and what it says of the others, which the integration tests run.
/// </summary>
public sealed partial class SamplesPageTests
{
    private static readonly string Compose = File.ReadAllText(Repository.PathOf("docker-compose.yml"));

    public static TheoryData<SampleCommand> Embedded => [.. SamplesPage.Commands.Where(command => !command.NeedsServers)];

    [Theory]
    [MemberData(nameof(Embedded), DisableDiscoveryEnumeration = true)]
    public async Task ACommand_EndsAsThePageShows(SampleCommand command)
    {
        // The page has it import the repository, which is large where it was built.
        var run = await SampleProgram.RunAsync(
            command.Sample, command.Sample == "FolderImport" ? [Repository.PathOf("docs"), .. command.Arguments] : command.Arguments);

        Assert.True(run.ExitCode == 0, $"{command} ended with {run.ExitCode}:\n{run.Output}\n{run.Errors}");
        Assert.Equal(FieldsIn(SamplesPage.LastLineOf(command.Sample)), FieldsIn(run.LastLine));
    }

    [Fact]
    public void EverySample_HasACommandWithoutServers_AndOneWithThem()
    {
        var samples = Directory.GetFiles(Repository.PathOf("samples"), "*.csproj", SearchOption.AllDirectories)
            .Select(project => Path.GetFileNameWithoutExtension(project))
            .Where(name => name != "Samples.Shared")
            .Order(StringComparer.Ordinal)
            .ToList();

        Assert.NotEmpty(samples);
        Assert.Equal(samples, Named(needServers: false));
        Assert.Equal(samples, Named(needServers: true));

        static IEnumerable<string> Named(bool needServers) => SamplesPage.Commands
            .Where(command => command.NeedsServers == needServers)
            .Select(command => command.Sample)
            .Distinct()
            .Order(StringComparer.Ordinal);
    }

    [Fact]
    public void TheServers_AreThoseOfDockerCompose()
    {
        var broker = new Uri(SamplesPage.Variable("BROKER"));
        var store = new NpgsqlConnectionStringBuilder(SamplesPage.Variable("STORE"));

        Assert.Equal($"{ValueOf("RABBITMQ_DEFAULT_USER")}:{ValueOf("RABBITMQ_DEFAULT_PASS")}", broker.UserInfo);
        Assert.Equal("localhost", broker.Host);
        Assert.Contains("127.0.0.1:5672:5672", Compose, StringComparison.Ordinal);
        Assert.Equal(
            (ValueOf("POSTGRES_USER"), ValueOf("POSTGRES_PASSWORD"), ValueOf("POSTGRES_DB")), (store.Username, store.Password, store.Database));
        Assert.Equal("localhost", store.Host);
        Assert.Contains($"127.0.0.1:{store.Port}:5432", Compose, StringComparison.Ordinal);
    }

    /// <summary>A value in docker-compose.yml, or its default where a variable may replace it.</summary>
    private static string ValueOf(string name) =>
        Regex.Match(Compose, $@"\b{name}: (?:\$\{{\w+:-)?([\w-]+)").Groups[1] is { Success: true } value
            ? value.Value
            : throw new InvalidOperationException($"docker-compose.yml does not set {name}.");

    private static IEnumerable<string> FieldsIn(string line) => Fields().Matches(line).Select(match => match.Value);

    [GeneratedRegex(@"\w+(?==)")]
    private static partial Regex Fields();
}
