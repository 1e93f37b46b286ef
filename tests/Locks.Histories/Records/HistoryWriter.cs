namespace Locks.Histories.Records;

/// <summary>
/// Appends records to a file of one process. Each is one call of the operating system, which keeps what it took whatever happens to the
/// process: one that is killed loses the line that it was writing at most.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="process">The process's name.</param>
public sealed class HistoryWriter(string file, string process) : IDisposable
{
    private readonly FileStream _file = new(file, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
    private readonly Lock _lock = new();
    private long _calls;

    /// <summary>The process's name.</summary>
    public string Process => process;

    /// <summary>Now, in nanoseconds of the machine's monotonic clock.</summary>
    public static long Now => (long)(TimeProvider.System.GetTimestamp() * (1e9 / TimeProvider.System.TimestampFrequency));

    /// <summary>A number for a call.</summary>
    public long NextCall() => Interlocked.Increment(ref _calls);

    /// <summary>Appends a record.</summary>
    public void Write(HistoryRecord record)
    {
        var line = record.ToLine();
        lock (_lock)
            _file.Write(line);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
