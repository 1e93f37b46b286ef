using System.Diagnostics;
using Locks.Transport.Diagnostics;

namespace Locks.Client.Diagnostics;

/// <summary>The spans of what a holder does with its lock, each linked to the span of the call that acquired it.</summary>
internal static class HoldSpans
{
    public const string Release = "release";
    public const string Renew = "renew";

    /// <summary>Runs something in a span.</summary>
    /// <param name="name">The name of the span.</param>
    /// <param name="acquired">The span of the call that acquired the lock, where that was traced.</param>
    /// <param name="run">What to run; returns whether the lock was held.</param>
    public static async Task<bool> RunAsync(string name, ActivityContext? acquired, Func<Task<bool>> run)
    {
        using var span = ClientTracing.Start(name, acquired is { } context ? [new ActivityLink(context)] : null);
        try
        {
            var wasHeld = await run().ConfigureAwait(false);
            span?.SetTag(Measured.Outcome, wasHeld ? "held" : "not_held");
            return wasHeld;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            span?.SetTag(Measured.ErrorType, exception.GetType().FullName);
            span?.SetStatus(ActivityStatusCode.Error);
            throw;
        }
    }
}
