using System.Text.RegularExpressions;
using Locks.IntegrationTests.Storage;
using Locks.TestKit;
using Xunit;

namespace Locks.IntegrationTests.Samples;

/// <summary>The story of the README in several processes: samples/FolderImport on a real directory tree.</summary>
public sealed partial class FolderImportTests(PostgreSqlTestDatabase database) : IClassFixture<PostgreSqlTestDatabase>, IDisposable
{
    private readonly ImportTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public async Task WhenOneProcessIsKilledHalfWay_EveryFolderHasExactlyOneRecord()
    {
        var run = await CommandOverServers.RunAsync("FolderImport", database, _tree.Path);

        Assert.Equal(ImportTree.RightSummary, run.LastLine);
        Assert.Equal(0, run.ExitCode);
        Assert.Matches(Killed(), run.Errors);
    }

    [GeneratedRegex(@"workers 1: killing process \d+")]
    private static partial Regex Killed();
}
