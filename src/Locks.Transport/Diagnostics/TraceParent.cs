using System.Diagnostics;

namespace Locks.Transport.Diagnostics;

/// <summary>W3C Trace Context's form of a span's place in its trace.</summary>
internal static class TraceParent
{
    /// <summary>The <c>traceparent</c> of a span.</summary>
    public static string Of(ActivityContext context) =>
        $"00-{context.TraceId}-{context.SpanId}-{(context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? "01" : "00")}";
}
