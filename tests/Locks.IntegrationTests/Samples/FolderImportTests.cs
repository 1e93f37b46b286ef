using System.Diagnostics;
using System.Text.RegularExpressions;
using Locks.IntegrationTests.Storage;
using Locks.TestKit;
using Xunit;

namespace Locks.IntegrationTests.Samples;

/// <summary>The story of the README, run as users run it: samples/FolderImport on a real directory tree.</summary>
public sealed partial class FolderImportTests(PostgreSqlTestDatabase database) : IClassFixture<PostgreSqlTestDatabase>, IDisposable
{
    private const int Folders = 1 + 4 + (4 * 10);
    private const int Files = 4 * 10 * 8;

    private readonly DirectoryInfo _tree = MakeTree();

    public void Dispose() => _tree.Delete(recursive: true);

    [Fact]
    public async Task InOneProcess_EveryFolderHasExactlyOneRecord()
    {
        var (exitCode, last, _) = await ImportAsync();

        Assert.Equal($"files={Files} folders={Folders} records={Folders} duplicates=0", last);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task WithoutTheLock_FoldersHaveDuplicates()
    {
        var (exitCode, last, _) = await ImportAsync("--no-locks");

        Assert.DoesNotMatch("duplicates=0$", last);
        Assert.Equal(1, exitCode);
    }

    [Fact]
    public async Task InSeveralProcesses_OneOfWhichIsKilledHalfWay_EveryFolderHasExactlyOneRecord()
    {
        var (exitCode, last, errors) = await ImportAsync(
            "--processes", "3", "--kill-one", "--broker", TestServices.RabbitMq.ToString(), "--store", database.ConnectionString);

        Assert.Equal($"files={Files} folders={Folders} records={Folders} duplicates=0", last);
        Assert.Equal(0, exitCode);
        Assert.Matches(Killed(), errors);
    }

    [GeneratedRegex(@"workers 1: killing process \d+")]
    private static partial Regex Killed();

    private static DirectoryInfo MakeTree()
    {
        var tree = Directory.CreateTempSubdirectory("locks-import-");
        for (var outer = 0; outer < 4; outer++)
        {
            for (var inner = 0; inner < 10; inner++)
            {
                var folder = tree.CreateSubdirectory($"folder{outer}/folder{inner}");
                for (var file = 0; file < 8; file++)
                    File.WriteAllText(Path.Combine(folder.FullName, $"file{file}.txt"), "");
            }
        }

        return tree;
    }

    private async Task<(int ExitCode, string LastLine, string Errors)> ImportAsync(params string[] arguments)
    {
        // Built with the tests, hence in the same configuration.
        var program = Path.Combine(
            Repository.PathOf("samples/FolderImport/bin"), new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "FolderImport.dll");
        var start = new ProcessStartInfo("dotnet", [program, _tree.FullName, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(5), TimeProvider.System);
            return (process.ExitCode, (await output).TrimEnd().Split('\n')[^1], await errors);
        }
        finally
        {
            // Its own children end with it.
            if (!process.HasExited)
                process.Kill();
        }
    }
}
