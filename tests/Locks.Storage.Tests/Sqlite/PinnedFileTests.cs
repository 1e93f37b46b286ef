using Locks.Compliance;
using Locks.Coordinator.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.Storage.Tests.Sqlite;

/// <summary>SQLite files of older versions.</summary>
public sealed class PinnedFileTests : PinnedStoreCompliance
{
    protected override (string Folder, string Pattern) Files => ("tests/Locks.Storage.Tests/Pinned", "sqlite-*.db");

    internal override Task<(Action<LockCoordinatorBuilder> Use, Func<ValueTask> Drop)> RestoreAsync(string file)
    {
        var folder = new SqliteFolder();
        Directory.CreateDirectory(Path.GetDirectoryName(folder.Path)!);
        File.Copy(file, folder.Path);
        return Task.FromResult<(Action<LockCoordinatorBuilder>, Func<ValueTask>)>(
            (builder => builder.UseSqlite(folder.Path), folder.DisposeAsync));
    }
}
