using FolderImport.Import;
using FolderImport.Records;
using FolderImport.Walk;
using MassTransit;

namespace FolderImport.Running;

/// <summary>One run from the producer's side: sends a message for each file, and watches the records until all are imported.</summary>
internal sealed class ImportRun(ISendEndpointProvider bus, IImportLog log, TimeProvider time)
{
    private const int MessagesAtOnce = 200;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestStall = TimeSpan.FromSeconds(60);

    /// <param name="run">The name of the run, in its messages and records.</param>
    /// <param name="queue">The queue that the workers read.</param>
    /// <param name="tree">What to import.</param>
    /// <param name="progress">Told how many of how many are done. What it throws ends the run.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ImportReport> RunAsync(
        string run, string queue, FolderTree tree, Action<int, int> progress, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = SendAsync(run, queue, tree, end.Token);
        try
        {
            await WatchAsync(run, tree.Files.Count + tree.EmptyFolders.Count, sending, progress, cancellationToken);
            await sending;
        }
        finally
        {
            await end.CancelAsync();
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var elapsed = time.GetElapsedTime(start);
        return ImportReport.Of(
            tree,
            await log.CountFolderRecordsAsync(run, cancellationToken),
            await log.SumTalliesAsync(run, cancellationToken),
            elapsed);
    }

    private async Task SendAsync(string run, string queue, FolderTree tree, CancellationToken cancellationToken)
    {
        var endpoint = await bus.GetSendEndpoint(new Uri($"queue:{queue}"));
        var files = tree.Files.Select((path, i) => new ImportFile(run, i, path));
        foreach (var some in files.Chunk(MessagesAtOnce))
            await SendSomeAsync(some);

        var folders = tree.EmptyFolders.Select((path, i) => new ImportFolder(run, tree.Files.Count + i, path));
        foreach (var some in folders.Chunk(MessagesAtOnce))
            await SendSomeAsync(some);

        Task SendSomeAsync<T>(T[] some)
            where T : class
        {
            // Between messages, not in the middle of one.
            cancellationToken.ThrowIfCancellationRequested();
            return endpoint.SendBatch(some, CancellationToken.None);
        }
    }

    private async Task WatchAsync(string run, int all, Task sending, Action<int, int> progress, CancellationToken cancellationToken)
    {
        var (done, lastProgress) = (0, time.GetTimestamp());
        while (done < all)
        {
            await Task.Delay(Glance, time, cancellationToken);
            if (sending.IsFaulted)
                await sending;

            var before = done;
            done = await log.CountItemsAsync(run, cancellationToken);
            progress(done, all);
            if (done > before)
                lastProgress = time.GetTimestamp();
            else if (time.GetElapsedTime(lastProgress) > LongestStall)
                throw new SampleException(
                    $"Nothing was imported for {LongestStall.TotalSeconds:0} s; {done:N0} of {all:N0} messages are done. Do the workers run?");
        }
    }
}
