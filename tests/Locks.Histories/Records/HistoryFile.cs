using System.Text.Json;

namespace Locks.Histories.Records;

/// <summary>Reads the files of a history.</summary>
public static class HistoryFile
{
    /// <summary>Reads every file of a folder.</summary>
    /// <exception cref="InvalidDataException">A line other than the last one of its file can't be read.</exception>
    public static IReadOnlyList<HistoryRecord> ReadAll(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*.jsonl").Order(StringComparer.Ordinal).SelectMany(Read)];

    /// <summary>Reads the file of one process. A process that was killed while it wrote has left half a line at the end.</summary>
    /// <exception cref="InvalidDataException">A line other than the last one can't be read.</exception>
    public static IReadOnlyList<HistoryRecord> Read(string file) => Read(file, from: 0).Records;

    /// <summary>Reads the lines that a file has from a place on, while its process may be writing.</summary>
    /// <param name="file">The file.</param>
    /// <param name="from">The place, in bytes: the beginning, or where an earlier call ended.</param>
    /// <returns>The records, and where the lines end.</returns>
    /// <exception cref="InvalidDataException">A line other than the last one can't be read.</exception>
    public static (IReadOnlyList<HistoryRecord> Records, long End) Read(string file, long from)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Position = from;
        var bytes = new byte[stream.Length - from].AsSpan();
        stream.ReadExactly(bytes);
        var records = new List<HistoryRecord>();
        while (bytes.IndexOf((byte)'\n') is var end and >= 0)
        {
            try
            {
                records.Add(HistoryRecord.Parse(bytes[..end]));
            }
            catch (JsonException unreadable)
            {
                throw new InvalidDataException($"The line at byte {from} of {file} can't be read.", unreadable);
            }

            bytes = bytes[(end + 1)..];
            from += end + 1;
        }

        return (records, from);
    }
}
