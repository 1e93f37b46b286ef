using Locks.Histories.Measuring;
using Locks.Histories.Records;
using Locks.TestKit;
using Locks.Verification.Clients;

namespace Locks.Verification.Running;

/// <summary>Reads the histories while they are written, and tells when service is normal.</summary>
internal sealed class GrantWatch(string folder)
{
    // Normal is two seconds of service.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    private readonly Service _service = new(LoadCaller.Keys);
    private readonly Dictionary<string, long> _read = [];

    /// <summary>Waits until service is normal after a moment.</summary>
    /// <exception cref="TimeoutException">It is not within the limit.</exception>
    public Task WhenNormalAfterAsync(long moment, TimeSpan limit) => Eventually.HoldsAsync(
        () =>
        {
            Read();
            return Task.FromResult(_service.NormalAfter(moment) is not null);
        },
        limit,
        "grant of every key, again and again",
        BetweenLooks);

    private void Read()
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*.jsonl"))
        {
            var (records, end) = HistoryFile.Read(file, _read.GetValueOrDefault(file));
            _read[file] = end;
            _service.Add(records);
        }
    }
}
