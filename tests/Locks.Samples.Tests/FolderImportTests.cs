using Locks.TestKit;
using Xunit;

namespace Locks.Samples.Tests;

/// <summary>The story of the README in one process: samples/FolderImport on a real directory tree.</summary>
/// <remarks>Its command on the page is in <see cref="SamplesPageTests"/>.</remarks>
public sealed class FolderImportTests : IDisposable
{
    private readonly ImportTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public async Task WithoutTheLock_FoldersHaveDuplicates()
    {
        var run = await SampleProgram.RunAsync("FolderImport", _tree.Path, "--no-locks");

        Assert.DoesNotMatch("duplicates=0$", run.LastLine);
        Assert.Equal(1, run.ExitCode);
    }
}
