using FolderImport.Records;
using FolderImport.Walk;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FolderImport.Running;

/// <summary>A run as a person sees it: progress while it goes on, and the report at its end.</summary>
internal static class WatchedRun
{
    /// <param name="host">A started program that can send messages and read the records.</param>
    /// <param name="queue">The queue that the workers read.</param>
    /// <param name="directory">What to import.</param>
    /// <param name="watch">Told how many of how many are done, too.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        IHost host, string queue, DirectoryInfo directory, Action<int, int>? watch, CancellationToken cancellationToken)
    {
        var tree = DirectoryWalk.List(directory);
        Notes.Write($"{tree.Root}: {tree.Files.Count:N0} files in {tree.Folders.Count:N0} folders");
        foreach (var folder in tree.UnreadableFolders)
            Notes.Write($"can't be read, so nothing below it is imported: {folder}");

        var time = host.Services.GetRequiredService<TimeProvider>();
        var run = new ImportRun(host.Services.GetRequiredService<IBus>(), host.Services.GetRequiredService<IImportLog>(), time);
        var report = await ProgressView.ShowAsync("importing", progress => run.RunAsync(
            RunName.New(time),
            queue,
            tree,
            (done, all) =>
            {
                progress(done, all);
                watch?.Invoke(done, all);
            },
            cancellationToken));

        ReportView.Show(report);
        return report.IsRight ? ExitCode.Right : ExitCode.Wrong;
    }
}
