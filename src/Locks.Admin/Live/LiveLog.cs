namespace Locks.Admin.Live;

/// <summary>What goes wrong while dashboards are kept up to date.</summary>
internal static partial class LiveLog
{
    [LoggerMessage(30, LogLevel.Error, "The locks could not be looked at for the dashboards; trying again.")]
    public static partial void SampleFailed(this ILogger logger, Exception exception);
}
