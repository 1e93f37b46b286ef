using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Locks.TestHost;

/// <summary>
/// The clocks of a machine that nobody keeps right: the wall clock is ahead by so much (behind when negative), and is set forward by the step
/// and back again, every so often.
/// </summary>
internal sealed class SteppingWallClock(TimeSpan ahead, TimeSpan step) : TimeProvider
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1.7);

    private readonly long _start = System.GetTimestamp();

    public override DateTimeOffset GetUtcNow() =>
        System.GetUtcNow() + ahead + ((long)(System.GetElapsedTime(_start) / Often) % 2 == 1 ? step : TimeSpan.Zero);

    /// <summary>The clocks that the command line asks for.</summary>
    public static TimeProvider Of(IConfiguration configuration) =>
        new SteppingWallClock(Seconds(configuration["ClockAheadSeconds"]), Seconds(configuration["ClockStepSeconds"]));

    private static TimeSpan Seconds(string? text) => TimeSpan.FromSeconds(double.Parse(text ?? "0", CultureInfo.InvariantCulture));
}
