using System.Diagnostics;
using System.Globalization;

namespace Locks.Verification.Processes;

/// <summary>
/// A wall clock of a process's own, which can be set while the process runs. Debian's <c>faketime</c> answers in the place of the system's
/// wall clock, and leaves the monotonic clock as it is.
/// </summary>
internal sealed class ProcessClock
{
    private const string Library = "libfaketimeMT.so.1";

    private readonly string _file;

    /// <param name="file">Where the clock's setting is kept.</param>
    /// <param name="ahead">How far the clock is ahead of the machine's.</param>
    public ProcessClock(string file, TimeSpan ahead)
    {
        _file = file;
        Set(ahead);
    }

    /// <summary>Sets the clock. The process notices within a second.</summary>
    public void Set(TimeSpan ahead)
    {
        // Read in the middle, half a number would be another time.
        var written = $"{_file}.new";
        File.WriteAllText(written, string.Create(CultureInfo.InvariantCulture, $"{ahead.TotalSeconds:+0;-0;+0}"));
        File.Move(written, _file, overwrite: true);
    }

    /// <summary>Gives a process this clock.</summary>
    /// <exception cref="InvalidOperationException">faketime is not there.</exception>
    public ProcessStartInfo Give(ProcessStartInfo start)
    {
        start.Environment["LD_PRELOAD"] = Directory.EnumerateDirectories("/usr/lib")
            .Select(folder => Path.Combine(folder, "faketime", Library))
            .FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException($"{Library} is not there. Install it with 'apt-get install faketime'.");
        start.Environment["FAKETIME_TIMESTAMP_FILE"] = _file;
        start.Environment["FAKETIME_CACHE_DURATION"] = "1";
        start.Environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
        return start;
    }
}
